import { AppError } from '../../errors.ts';
import type { Batcher } from '../batcher.ts';
import {
  modelNotReady,
  predictionFailed,
  requestCancelled,
  rowFailed,
  serverStopping,
  workerCrashed,
} from '../engine-errors.ts';
import type { BulkAnswer, EngineObserver, PredictBulkRequest } from '../engine-types.ts';
import type { Flight } from '../flight.ts';
import type { Lane } from '../lane.ts';
import { LoopTurns } from '../loop-turns.ts';
import type { ReadyVersion } from '../model-catalog.ts';
import { ThreadEndedError } from '../thread-ended.ts';
import { pack, unpack } from '../worker/packed-values.ts';
import type { SliceReply, SliceTask } from '../worker/protocol.ts';
import { BulkCall, type Slice } from './slice.ts';
import { SliceSize } from './slice-size.ts';

type Queue = Lane<Flight | Slice>;

interface Needs {
  readonly batcher: Pick<Batcher<Flight | Slice>, 'add' | 'addAlone' | 'addLane'>;
  /** Runs a slice on an idle thread. */
  readonly run: (task: SliceTask) => Promise<SliceReply>;
  readonly threads: number;
  /** Whether somebody asks steadily, who is to wait for short slices only: on a thread, or on the event loop. */
  readonly isLive: () => boolean;
  readonly observer: EngineObserver;
}

interface Work extends Pick<PredictBulkRequest, 'inputs' | 'signal' | 'onComputed'> {
  readonly version: ReadyVersion;
}

/**
 * Answers the inputs of jobs: thousands at a time, slice by slice on the threads, behind everything that somebody waits
 * for. The event loop packs and unpacks slices, one a turn, and does nothing else for them: no validation, no cache, no
 * promise for each input. Each call has one slice more in the queue than there are threads, so that a thread that comes
 * back finds the next one packed.
 */
export function createBulkPredictor({ batcher, run, threads, isLive, observer }: Needs) {
  const turns = new LoopTurns();
  const queues = new Map<string, { readonly lane: Queue; readonly size: SliceSize }>();
  const calls = new Set<BulkCall>();

  return { predictBulk, runSlice, waiting, close };

  /** @throws AppError when the call as a whole cannot be answered */
  async function predictBulk({ signal, ...work }: Work): Promise<readonly BulkAnswer[]> {
    if (signal?.aborted) throw requestCancelled();
    if (work.inputs.length === 0) return [];
    const call = new BulkCall({ ...work, onComputed: work.onComputed });
    const onAbort = () => end(call, requestCancelled());
    signal?.addEventListener('abort', onAbort);
    calls.add(call);
    try {
      const answering = Promise.all(Array.from({ length: threads + 1 }, () => answerSlices(call)));
      await Promise.race([answering, call.ended]);
      return call.answers;
    } catch (error) {
      end(call, error instanceof AppError ? error : predictionFailed(call.version.file.model, error));
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      calls.delete(call);
    }
  }

  /** Several of these share the slices of a call. */
  async function answerSlices(call: BulkCall): Promise<void> {
    const { size } = queueOf(call.version);
    for (;;) {
      await turns.next();
      const slice = call.isOver ? null : call.nextSlice(size.next(isLive()));
      if (!slice) return;
      await answer(slice);
    }
  }

  async function answer(slice: Slice): Promise<void> {
    try {
      const reply = await enqueue(slice);
      // the thread is given its next slice before this one is looked at
      await turns.next();
      if (!slice.call.isOver) settle(slice, reply);
    } catch (error) {
      await recover(slice, error);
    }
  }

  function enqueue(slice: Slice): Promise<SliceReply> {
    const { lane } = queueOf(slice.call.version);
    slice.packed = pack(slice.inputs());
    slice.call.queued.add(slice);
    if (slice.hasCrashed) batcher.addAlone(lane, slice);
    else batcher.add(lane, slice, 'low');
    return slice.answered.promise;
  }

  /** Called by the batcher when a thread is free. */
  async function runSlice(slice: Slice): Promise<void> {
    const { call, packed, answered } = slice;
    const { version } = call;
    call.queued.delete(slice);
    slice.packed = undefined;
    if (!packed) return;
    try {
      if (version.state === 'failed')
        throw modelNotReady(version.file.key, version.reason ?? 'it failed to load.');
      answered.resolve(await run({ kind: 'slice', key: version.file.key, inputs: packed }));
    } catch (error) {
      answered.reject(error);
    }
  }

  function settle({ call, start, end, count }: Slice, { outputs, failures, computeMs }: SliceReply): void {
    const { model, version } = call.version.file;
    queueOf(call.version).size.measure(count, computeMs);
    const values = unpack(outputs);
    let [failed, answered] = [0, 0];
    for (let index = start; index < end; index += 1) {
      const failure = failures[failed];
      if (failure?.index === index - start) {
        call.answer(index, { ok: false, error: rowFailed(model, failure) });
        failed += 1;
      } else call.answer(index, { ok: true, output: values[answered++] });
    }
    call.onComputed(computeMs);
    observer.onSlice?.({ model, version, size: count, failed, computeMs });
  }

  /** After a slice that came to nothing: another try in halves, or the end of the one input that is left. */
  async function recover(slice: Slice, error: unknown): Promise<void> {
    const { call, start, count } = slice;
    if (call.isOver) return;
    // it concerns the model, and so every input
    if (error instanceof AppError) throw error;
    const isCrash = error instanceof ThreadEndedError;
    if (count > 1 || (isCrash && !slice.hasCrashed)) {
      for (const half of slice.halves(isCrash)) await answer(half);
      return;
    }
    const { model } = call.version.file;
    const failed = isCrash ? workerCrashed(model, error) : predictionFailed(model, error);
    call.answer(start, { ok: false, error: failed });
  }

  function end(call: BulkCall, error: AppError): void {
    const { lane } = queueOf(call.version);
    call.end(error);
    for (const slice of call.queued) {
      lane.delete(slice);
      slice.answered.reject(error);
    }
    call.queued.clear();
  }

  function queueOf({ file, lane }: ReadyVersion) {
    const found = queues.get(file.key);
    if (found) return found;
    const queue = {
      lane: batcher.addLane({
        name: file.key,
        // a slice is a batch, or several, of its own
        batchSizeMax: 1,
        queueItemsMax: Number.POSITIVE_INFINITY,
        isBackground: true,
      }),
      size: new SliceSize(lane.batchSizeMax),
    };
    queues.set(file.key, queue);
    return queue;
  }

  /** Inputs of jobs that have no answer yet. */
  function waiting(): number {
    let count = 0;
    for (const { inputs, answeredCount } of calls) count += inputs.length - answeredCount;
    return count;
  }

  /** What is under way ends with SERVER_STOPPING. */
  function close(): void {
    for (const call of calls) end(call, serverStopping());
  }
}
