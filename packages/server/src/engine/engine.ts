import { AppError } from '../errors.ts';
import { Batcher, liveMs } from './batcher.ts';
import { createBulkPredictor } from './bulk/predict-bulk.ts';
import { Slice } from './bulk/slice.ts';
import { canonicalKey } from './canonical-key.ts';
import {
  deadlineExceeded,
  modelNotReady,
  overloaded,
  requestCancelled,
  serverStopping,
} from './engine-errors.ts';

import type {
  Engine,
  EngineOptions,
  EngineStats,
  InferRequest,
  PredictBulkRequest,
  Prediction,
  PredictManyRequest,
  PredictRequest,
  Priority,
} from './engine-types.ts';
import { Flight } from './flight.ts';
import { createInferrer, hasFixedRows, type RowRequest } from './infer.ts';
import { createInlineCalls } from './inline/inline-calls.ts';
import { createInlineRunner } from './inline/inline-runner.ts';
import { createLanding } from './landing.ts';
import type { Lane } from './lane.ts';
import { createModelCatalog, type ReadyVersion } from './model-catalog.ts';
import { turnOffOrtTelemetry } from './ort-telemetry.ts';
import { createManyPredictor } from './predict-many.ts';
import { createPredictionCache } from './prediction-cache.ts';
import { SharedFlights } from './shared-flights.ts';
import { createWaitingRoom } from './waiting-room.ts';
import type { LoadedReply, VersionFile } from './worker/protocol.ts';
import { createWorkerPool } from './worker-pool.ts';

interface Start {
  readonly key: string | null;
  readonly request: PredictRequest;
  readonly acceptedAt: number;
  readonly deadlineAt: number;
}

/**
 * So many may wait whatever it takes: a few dozen callers are no overload, however slow the model. Of 64 connections up
 * to 50 were seen at one of two processes, whichever was quicker to take them; with 32 here, callers who ask again at
 * once when they are refused left such a process a third of its rate.
 */
const itemsFreeToWait = 48;

/**
 * Answers predictions: cache, admission, batches, worker threads, deadlines.
 *
 * A request becomes a caller in the waiting room and joins a flight: one run of one input, shared by all who ask the
 * same at the same time. The flight waits in its version's lane, leaves in a batch when a thread is free, and is
 * answered, failed on its own, or, when its thread ended, run once more alone. A flight of a micro model runs on the
 * event loop instead, with all others of its turn.
 */
export function createEngine(options: EngineOptions): Engine {
  const { logger, observer = {} } = options;
  turnOffOrtTelemetry();
  const ids = Object.values(options.models).map(({ id }) => id);
  const catalog = createModelCatalog(ids, options.modelsFolder);
  const cache = createPredictionCache(options.cacheEntriesMax);
  const flights = new SharedFlights();
  const room = createWaitingRoom({
    onDeserted: drop,
    onOver: (flight, error) => tellEnd(flight.version.file.model, error),
  });
  const batcher = new Batcher<Flight | Slice>({
    runBatch: (_lane, batch) => runWork(batch),
    isWanted: (work) => (work instanceof Slice ? !work.call.isOver : room.isWanted(work)),
  });
  const { settle, recover } = createLanding({ flights, cache, room, batcher, observer });
  const threadData = {
    registry: options.registry.href,
    modelsFolder: options.modelsFolder.href,
    heapMb: options.threadHeapMb,
  };
  const microFiles = new Set<VersionFile>();
  const inline = createInlineRunner({
    data: threadData,
    queueItemsMax: options.queueItemsMax,
    isWanted: room.isWanted,
    onRan(batch, reply) {
      try {
        settle(batch, reply, 'inline');
      } catch (error) {
        // nothing may get out of here: it would end the process
        for (const flight of batch) recover(flight, 1, error);
      }
    },
    onHandedBack(batch) {
      for (const flight of batch) {
        room.listen(flight);
        if (flight.callers.size > 0) batcher.addAlone(flight.lane, flight);
      }
    },
    logger,
    observer,
  });
  const pool = createWorkerPool({
    ...options,
    threadData,
    listFiles: catalog.listFiles,
    onLoaded(file, reply) {
      catalog.markLoaded(file, reply, () => openLane(file, reply));
      if (reply.isMicro) microFiles.add(file);
    },
    onFailed,
    onCapacity: (threads) => batcher.setCapacity(threads),
    observer,
  });
  const inlineCalls = createInlineCalls({ inline, queueMsMax: options.queueMsMax });
  // enough that each thread has a batch waiting; several such calls fit into the queue, beside single predictions
  const inFlightMax = ({ lane }: ReadyVersion) =>
    Math.max(1, Math.min(Math.floor(options.queueItemsMax / 8), 2 * lane.batchSizeMax * pool.capacity()));
  const many = createManyPredictor({
    predict: predictAccepted,
    inline,
    inlineCalls,
    inFlightMax,
    onOutcome: (model, outcome) => tellEnd(model, outcome instanceof AppError ? outcome : null),
  });
  const inferrer = createInferrer({ inferRow, inline, inlineCalls, inFlightMax, onEnd: tellEnd });
  const bulk = createBulkPredictor({
    batcher,
    run: pool.run,
    threads: options.threads,
    isLive,
    observer,
  });
  /** Where rows of tensors wait, by the key of their version: a batch is of inputs, or of such rows. */
  const tensorLanes = new Map<string, Lane<Flight | Slice>>();
  /** Calls for many that are being answered. */
  const manyUnderWay = new Set<Promise<unknown>>();
  let isStopping = false;
  /** When a prediction came last that runs on the event loop. */
  let inlineAskedAt = Number.NEGATIVE_INFINITY;

  return {
    start,
    models: catalog.list,
    predict,
    refuseNow,
    refuseInferNow,
    signatureOf,
    infer,
    predictMany,
    predictBulk,
    findMicroFile,
    isLive,
    stats,
    drain,
    close,
  };

  async function start(): Promise<void> {
    const startedAt = performance.now();
    await catalog.scan();
    await pool.start();
    if (options.microModels !== false) for (const file of microFiles) await inline.load(file);
    catalog.finishLoading();
    const ready = catalog.listFiles().map(({ key }) => key);
    logger.info(
      { ready, threads: pool.capacity(), startMs: Math.round(performance.now() - startedAt) },
      'engine started',
    );
  }

  function predict(request: PredictRequest): Promise<Prediction> {
    return isStopping ? refuse(request.model, serverStopping()) : predictAccepted(request);
  }

  /** Also while the server stops: a call that was accepted is answered to its last input. */
  function predictAccepted(request: PredictRequest): Promise<Prediction> {
    try {
      return admit(request);
    } catch (error) {
      return refuse(request.model, error);
    }
  }

  function refuse(model: string, error: unknown): Promise<never> {
    tellEnd(model, error);
    return Promise.reject(error);
  }

  /** Asked for each request, however many come: it looks at a few numbers, and makes nothing while there is room. */
  function refuseNow(model: string): AppError | null {
    const version = catalog.findReady(model);
    // a stopping server, or a model that is not there, is said in the words of the ordinary way
    if (isStopping || !version || version.known.isWorthLooking) return null;
    if (isForEventLoop(version, {}) || hasRoom(version, version.lane, 'high', options.queueMsMax))
      return null;
    return overloadNow(version, version.lane);
  }

  function refuseInferNow(model: string, wanted: string | undefined): AppError | null {
    const version = catalog.findReady(model, wanted);
    if (isStopping || !version || (hasFixedRows(version) && inline.hasSeat(version.file.key))) return null;
    const lane = tensorLaneOf(version);
    return hasRoom(version, lane, 'high', options.queueMsMax) ? null : overloadNow(version, lane);
  }

  function overloadNow(version: ReadyVersion, lane: Lane<Flight | Slice>): AppError {
    const error = overloadOf(version, lane);
    tellEnd(version.file.model, error);
    return error;
  }

  function signatureOf(model: string, wanted: string | undefined) {
    const { file, inputs, outputs } = catalog.getReady(model, wanted);
    return { version: file.version, inputs, outputs };
  }

  async function infer({ model, version: wanted, ...request }: InferRequest) {
    if (isStopping) throw serverStopping();
    const version = catalog.getReady(model, wanted);
    const acceptedAt = performance.now();
    const { deadlineAt = acceptedAt + options.deadlineMs } = request;
    if (inline.hasSeat(version.file.key)) inlineAskedAt = acceptedAt;
    return untilDrained(inferrer.infer({ ...request, version, acceptedAt, deadlineAt }));
  }

  /** Also while the server stops: the call was accepted. */
  function inferRow({ version, row, signal, deadlineAt }: RowRequest): Promise<Prediction> {
    const { model } = version.file;
    const acceptedAt = performance.now();
    if (signal?.aborted) return refuse(model, requestCancelled());
    if (deadlineAt <= acceptedAt) return refuse(model, deadlineExceeded(0));
    const lane = tensorLaneOf(version);
    const isAccepted = hasRoom(version, lane, 'high', Math.min(options.queueMsMax, deadlineAt - acceptedAt));
    const flight = new Flight({
      version,
      lane,
      isTensors: true,
      key: null,
      input: row,
      priority: 'high',
      acceptedAt,
    });
    if (!isAccepted || !batcher.add(lane, flight, 'high')) return refuse(model, overloadOf(version, lane));
    return room.wait(flight, { acceptedAt, deadlineAt, signal });
  }

  function tensorLaneOf({ file: { key }, lane: { batchSizeMax } }: ReadyVersion): Lane<Flight | Slice> {
    const found = tensorLanes.get(key);
    if (found) return found;
    const { queueItemsMax } = options;
    const lane = batcher.addLane({ name: `${key} tensors`, batchSizeMax, queueItemsMax });
    tensorLanes.set(key, lane);
    return lane;
  }

  async function predictMany({ model, ...request }: PredictManyRequest) {
    if (isStopping) throw serverStopping();
    const version = catalog.getReady(model, undefined);
    const acceptedAt = performance.now();
    const { deadlineAt = acceptedAt + options.deadlineMs } = request;
    if (inline.hasSeat(version.file.key)) inlineAskedAt = acceptedAt;
    return untilDrained(many.predictMany({ ...request, model, version, acceptedAt, deadlineAt }));
  }

  async function predictBulk({ model, version, ...request }: PredictBulkRequest) {
    if (isStopping) throw serverStopping();
    return untilDrained(bulk.predictBulk({ ...request, version: catalog.getReady(model, version) }));
  }

  function findMicroFile(model: string, version: string): VersionFile | null {
    const { file } = catalog.getReady(model, version);
    return microFiles.has(file) ? file : null;
  }

  function isLive(): boolean {
    return batcher.isLive() || performance.now() - inlineAskedAt < liveMs;
  }

  /** What was accepted is answered before the engine has drained. */
  function untilDrained<T>(answering: Promise<T>): Promise<T> {
    const ended = answering.then(noop, noop).finally(() => manyUnderWay.delete(ended));
    manyUnderWay.add(ended);
    return answering;
  }

  function tellEnd(model: string, error: unknown): void {
    const code = error instanceof AppError ? error.code : 'INTERNAL';
    if (error instanceof AppError && error.kind === 'unavailable') observer.onRefused?.({ model, code });
    if (code !== 'MODEL_NOT_FOUND')
      observer.onAnswered?.({ model, outcome: error === null ? 'succeeded' : code });
  }

  /** Every step of this is taken for each request; what is asynchronous of it is one promise. */
  function admit(request: PredictRequest): Promise<Prediction> {
    const version = catalog.getReady(request.model, request.version);
    const acceptedAt = performance.now();
    const { signal, deadlineAt = acceptedAt + options.deadlineMs } = request;
    if (signal?.aborted) throw requestCancelled();
    if (deadlineAt <= acceptedAt) throw deadlineExceeded(0);

    const key = isForEventLoop(version, request) ? null : keyOf(version, request.input);
    const hit = findCached(key, version);
    const shared = hit ? undefined : flights.find(key, request.priority);
    if (key !== null) version.known.note((hit ?? shared) !== undefined);
    if (hit) return Promise.resolve(hit);
    const flight = shared ?? startFlight(version, { key, request, acceptedAt, deadlineAt });
    return room.wait(flight, { acceptedAt, deadlineAt, signal });
  }

  function findCached(
    key: string | null,
    { file: { model, version } }: ReadyVersion,
  ): Prediction | undefined {
    if (key === null) return undefined;
    const hit = cache.find(key);
    observer.onCache?.({ model, hit: hit !== undefined });
    if (!hit) return undefined;
    tellEnd(model, null);
    return { version, output: hit.output, cached: true, batchSize: 0, queueMs: 0, computeMs: 0 };
  }

  function keyOf(version: ReadyVersion, input: unknown): string | null {
    const key = options.cacheEntriesMax > 0 ? canonicalKey(input) : null;
    return key === null ? null : `${version.file.key} ${key}`;
  }

  function startFlight(version: ReadyVersion, { key, request, acceptedAt, deadlineAt }: Start): Flight {
    const { input, priority = 'high' } = request;
    const flight = new Flight({ version, key, input, priority, acceptedAt });
    if (!enqueue(flight, Math.min(options.queueMsMax, deadlineAt - acceptedAt)))
      throw overloadOf(version, version.lane);
    flights.add(flight);
    return flight;
  }

  /**
   * What waits for a thread came before, and bulk work does not belong on the event loop. Nothing that runs there is
   * looked up in the cache or kept: that costs about as much as to compute it.
   */
  function isForEventLoop(
    { file, lane }: ReadyVersion,
    { priority = 'high' }: Pick<PredictRequest, 'priority'>,
  ): boolean {
    return priority === 'high' && lane.waiting === 0 && inline.hasSeat(file.key);
  }

  function enqueue(flight: Flight, waitMsMax: number): boolean {
    const { version, priority } = flight;
    flight.isInline = isForEventLoop(version, flight) && inline.add(flight);
    if (flight.isInline) {
      inlineAskedAt = flight.acceptedAt;
      return true;
    }
    const { lane } = flight;
    return hasRoom(version, lane, priority, waitMsMax) && batcher.add(lane, flight, priority);
  }

  /** Whether one more may wait for a thread. Bulk work waits for as long as it takes. */
  function hasRoom(
    version: ReadyVersion,
    lane: Lane<Flight | Slice>,
    priority: Priority,
    waitMsMax: number,
  ): boolean {
    if (waitingFor(version) >= options.queueItemsMax) return false;
    if (priority === 'low' || lane.waitingFirst < itemsFreeToWait) return true;
    return batcher.estimateWaitMs(lane) <= waitMsMax;
  }

  function overloadOf(version: ReadyVersion, lane: Lane<Flight | Slice>): AppError {
    return overloaded(version.file.model, waitingFor(version), batcher.retryAfterS(lane));
  }

  /** Through whichever door it came: what may wait for a model is bounded for all of it together. */
  function waitingFor({ file: { key }, lane }: ReadyVersion): number {
    return lane.waiting + (tensorLanes.get(key)?.waiting ?? 0) + inline.waiting(key);
  }

  /** A batch is never empty, and all of it is from one lane: flights, or a slice. */
  function runWork(batch: readonly (Flight | Slice)[]): Promise<void> {
    const [first] = batch;
    return first instanceof Slice ? bulk.runSlice(first) : runBatch(batch as readonly Flight[]);
  }

  async function runBatch(batch: readonly Flight[]): Promise<void> {
    const { version, isTensors } = batch[0] as Flight;
    const startedAt = performance.now();
    for (const flight of batch) flight.startedAt = startedAt;
    try {
      if (version.state === 'failed')
        throw modelNotReady(version.file.key, version.reason ?? 'it failed to load.');
      const inputs = batch.map(({ input }) => input);
      const reply = await pool.run({ kind: 'run', key: version.file.key, inputs, isTensors });
      settle(batch, reply, 'thread');
    } catch (error) {
      for (const flight of batch) recover(flight, batch.length, error);
    }
  }

  /** Nobody waits for this flight any more. If it is on a thread, its output will be dropped. */
  function drop(flight: Flight): void {
    flight.lane.delete(flight);
    flights.land(flight);
  }

  function openLane({ key }: VersionFile, { batchSizeMax }: LoadedReply) {
    return batcher.addLane({ name: key, batchSizeMax, queueItemsMax: options.queueItemsMax });
  }

  function onFailed(file: VersionFile, reason: string): void {
    logger.error({ model: file.model, version: file.version, reason }, 'a model cannot be served');
    catalog.markFailed(file, reason);
  }

  function stats(): EngineStats {
    const { queued, running, batchesRunning, queuedByLane } = batcher.stats();
    return {
      queued: queued + inline.waiting() + inlineCalls.waiting(),
      running,
      batchesRunning,
      queuedByVersion: queuedByLane,
      threads: options.threads,
      threadsReady: pool.capacity(),
      bulkInputs: bulk.waiting(),
      cacheEntries: cache.entries,
      cacheBytes: cache.sizeBytes,
    };
  }

  async function drain(): Promise<void> {
    isStopping = true;
    await Promise.all([room.whenEmpty(), ...manyUnderWay]);
  }

  async function close(): Promise<void> {
    isStopping = true;
    inlineCalls.close();
    bulk.close();
    room.failAll(serverStopping());
    await pool.close();
  }
}

function noop(): void {}
