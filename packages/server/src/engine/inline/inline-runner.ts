import type { Tensors } from '@oriel/schemas';
import type { EngineLogger, EngineObserver } from '../engine-types.ts';
import type { Flight } from '../flight.ts';
import type { RunReply, ThreadData, VersionFile } from '../worker/protocol.ts';
import { InlineQueue } from './inline-queue.ts';
import { type Complaint, InlineWatch } from './inline-watch.ts';
import type { InlineModel } from './open-inline-model.ts';

/**
 * How much work may wait for the event loop before a thread takes what comes: it costs more of the event loop to hand
 * an input over and to take its output back than to run the model, so that is worth it only for a backlog.
 */
const backlogMsMax = 5;

interface InlineRunnerOptions {
  readonly queueItemsMax: number;
  readonly data: Pick<ThreadData, 'registry' | 'modelsFolder'>;
  /** Asked when a flight's turn comes: one that nobody waits for any more is dropped unrun. */
  readonly isWanted: (flight: Flight) => boolean;
  readonly onRan: (batch: readonly Flight[], reply: RunReply) => void;
  /** The model has turned out not to be fit for the event loop: these were accepted and have not run. */
  readonly onHandedBack: (batch: readonly Flight[]) => void;
  readonly logger: EngineLogger;
  readonly observer: EngineObserver;
}

/** Rows of a model's inputs, the batch axis first. */
interface TensorBatch {
  readonly batch: Tensors;
  readonly rows: number;
  readonly queueMs: number;
}

interface TensorReply {
  readonly outputs: Tensors;
  readonly computeMs: number;
}

/** One model version on the event loop. */
interface Seat {
  readonly model: InlineModel;
  readonly queue: InlineQueue<Flight>;
  readonly watch: InlineWatch;
}

/**
 * Runs micro models on the event loop, without the way to a thread and back. A model gets its seat when it has proven
 * itself at start-up, and loses it for good when it turns out slow or unsound; the threads serve it then.
 */
export type InlineRunner = ReturnType<typeof createInlineRunner>;

export function createInlineRunner(options: InlineRunnerOptions) {
  const { logger, observer } = options;
  const seats = new Map<string, Seat>();

  return { load, hasSeat, add, waiting, bulkOf, runBulk, runTensors };

  /** Gives a version its seat, if it proves to be quick enough. */
  async function load(file: VersionFile): Promise<void> {
    const { model, version } = file;
    try {
      // only now, since it loads ONNX Runtime on this thread
      const { openInlineModel } = await import('./open-inline-model.ts');
      const opened = await openInlineModel(file, options.data);
      seats.set(file.key, seatOf(file, opened));
      const { itemMs, batchSizeMax } = opened;
      logger.info({ model, version, itemMs, batchSizeMax }, 'a micro model runs on the event loop');
    } catch (error) {
      logger.warn({ model, version, err: error }, 'a micro model stays on the threads');
    }
  }

  function seatOf(file: VersionFile, model: InlineModel): Seat {
    const seat: Seat = {
      model,
      watch: new InlineWatch(),
      queue: new InlineQueue({
        batchSizeMax: model.batchSizeMax,
        itemsMax: Math.min(
          options.queueItemsMax,
          Math.max(model.batchSizeMax, Math.floor(backlogMsMax / model.batchItemMs)),
        ),
        runBatch: (batch) => run(file, seat, batch),
      }),
    };
    return seat;
  }

  /** Whether a version, `penguins@1`, runs on the event loop. */
  function hasSeat(key: string): boolean {
    return seats.has(key);
  }

  /** @returns false when the flight has to go to the threads */
  function add(flight: Flight): boolean {
    return seats.get(flight.version.file.key)?.queue.add(flight) ?? false;
  }

  /** Flights that run at the end of this turn or of the next ones; of one version, or of all. */
  function waiting(key?: string): number {
    if (key !== undefined) return seats.get(key)?.queue.waiting ?? 0;
    let count = 0;
    for (const { queue } of seats.values()) count += queue.waiting;
    return count;
  }

  /** How large calls may use the seat; undefined when the version has none. */
  function bulkOf(key: string): Pick<InlineModel, 'batchSizeMax' | 'batchItemMs'> | undefined {
    const seat = seats.get(key);
    return seat && { batchSizeMax: seat.queue.batchSizeMax, batchItemMs: seat.model.batchItemMs };
  }

  /** Runs a batch that did not wait in the queue, at once. @returns null when the version has no seat any more */
  function runBulk(file: VersionFile, inputs: readonly unknown[], queueMs: number): RunReply | null {
    const seat = seats.get(file.key);
    const reply = seat ? compute(file, seat, inputs) : null;
    if (reply) {
      const { model, version } = file;
      const { runMs, computeMs } = reply;
      observer.onBatch?.({ model, version, size: inputs.length, way: 'inline', queueMs, runMs, computeMs });
    }
    return reply;
  }

  /**
   * Runs a batch of tensors at once. One that fails says nothing of the model, since no contract has looked at it.
   *
   * @returns null when the version has no seat any more
   * @throws what ONNX Runtime throws
   */
  function runTensors(file: VersionFile, { batch, rows, queueMs }: TensorBatch): TensorReply | null {
    const seat = seats.get(file.key);
    if (!seat) return null;
    const startedAt = performance.now();
    seat.watch.begin(startedAt);
    const outputs = seat.model.runTensors(batch, rows);
    const computeMs = performance.now() - startedAt;
    const complaint = seat.watch.end({ elapsedMs: computeMs, hasFailed: false });
    if (complaint) heed(file, seat, complaint);
    const { model, version } = file;
    observer.onBatch?.({ model, version, size: rows, way: 'inline', queueMs, runMs: computeMs, computeMs });
    return { outputs, computeMs };
  }

  function run(file: VersionFile, seat: Seat, flights: readonly Flight[]): void {
    const batch = flights.filter(options.isWanted);
    if (batch.length === 0) return;
    const startedAt = performance.now();
    for (const flight of batch) flight.startedAt = startedAt;
    const inputs = batch.map(({ input }) => input);
    const reply = compute(file, seat, inputs);
    if (reply === null) options.onHandedBack(batch);
    else options.onRan(batch, reply);
  }

  /** @returns null when the model could not run here at all; it has lost its seat then */
  function compute(file: VersionFile, seat: Seat, inputs: readonly unknown[]): RunReply | null {
    const { model, watch } = seat;
    const startedAt = performance.now();
    watch.begin(startedAt);
    const reply = attempt(file, model, inputs);
    if (reply === null) return null;
    const hasFailed = reply.failures.some(({ kind }) => kind === 'failed');
    const complaint = watch.end({ elapsedMs: performance.now() - startedAt, hasFailed });
    if (complaint) heed(file, seat, complaint);
    return reply;
  }

  /** Batches that take longer than they did when the model was measured are made smaller; all else is no good here. */
  function heed(file: VersionFile, { queue }: Seat, { isSlow, reason }: Complaint): void {
    if (!isSlow || queue.batchSizeMax === 1) {
      unseat(file, reason);
      return;
    }
    queue.batchSizeMax = Math.ceil(queue.batchSizeMax / 2);
    const { model, version } = file;
    logger.info(
      { model, version, reason, batchSizeMax: queue.batchSizeMax },
      'a micro model runs in smaller batches',
    );
  }

  function attempt(file: VersionFile, model: InlineModel, inputs: readonly unknown[]): RunReply | null {
    try {
      return model.run(inputs);
    } catch (error) {
      unseat(file, error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  /** What waits in its queue still runs, this turn; then all goes to the threads. */
  function unseat({ key, model, version }: VersionFile, reason: string): void {
    if (!seats.delete(key)) return;
    logger.warn({ model, version, reason }, 'a micro model leaves the event loop and goes to the threads');
    observer.onMicroModelDemoted?.({ model, version });
  }
}
