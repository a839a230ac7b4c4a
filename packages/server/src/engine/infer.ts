import type { Tensors } from '@oriel/schemas';
import { AppError } from '../errors.ts';
import { itemFailed, predictionFailed } from './engine-errors.ts';
import type { Inference, InferRequest, Prediction } from './engine-types.ts';
import { forEachWithLimit } from './for-each-with-limit.ts';
import type { InlineCalls } from './inline/inline-calls.ts';
import type { InlineRunner } from './inline/inline-runner.ts';
import type { ReadyVersion } from './model-catalog.ts';
import { copyRow, joinBatches, toBatch, viewRows } from './tensor-rows.ts';
import { ofTensors, toFailure } from './worker/item-failure.ts';

/** One row on its way to a thread. */
export interface RowRequest extends Pick<InferRequest, 'signal'> {
  readonly version: ReadyVersion;
  readonly row: Tensors;
  readonly deadlineAt: number;
}

interface Needs {
  /** Runs one row on a thread, with those of other calls; it tells of the row's end. */
  readonly inferRow: (request: RowRequest) => Promise<Prediction>;
  readonly inline: Pick<InlineRunner, 'runTensors'>;
  readonly inlineCalls: Pick<InlineCalls, 'run'>;
  /** How much of one call may be in the queue of its model at a time. */
  readonly inFlightMax: (version: ReadyVersion) => number;
  /** Told of the end of rows that ran on the event loop: null when it was a good one. */
  readonly onEnd: (model: string, error: AppError | null) => void;
}

interface Call extends Omit<InferRequest, 'model' | 'version'> {
  readonly version: ReadyVersion;
  readonly acceptedAt: number;
  readonly deadlineAt: number;
}

/** What came of the rows so far. */
interface Progress {
  /** Batches of outputs, in the order of the rows. */
  readonly batches: Tensors[];
  queueMs: number;
  computeMs: number;
}

/**
 * Whether a row costs the same whatever is in it. What a pipeline promises of a micro model it promises of inputs that
 * its contract allows: nothing else bounds an axis of any length, or a text.
 */
export function hasFixedRows({ inputs }: Pick<ReadyVersion, 'inputs'>): boolean {
  return inputs.every(({ dtype, dims: [, ...dims] }) => dtype !== 'string' && !dims.includes(null));
}

/**
 * Runs tensors as they are. Those of a micro model run batch by batch on the event loop: views of what came, so that
 * nothing is done for a row but the model's own work. All others wait for a thread row by row, so many of a call at a
 * time, and run with those of other calls.
 */
export function createInferrer({ inferRow, inline, inlineCalls, inFlightMax, onEnd }: Needs) {
  return { infer };

  /** @throws AppError when a row cannot be answered: the call as a whole has failed then */
  async function infer(call: Call): Promise<Inference> {
    const { file } = call.version;
    const progress: Progress = { batches: [], queueMs: 0, computeMs: 0 };
    const done = hasFixedRows(call.version) ? await runInline(call, progress) : 0;
    if (done < call.rows) await runOnThreads(call, done, progress);
    const { batches, queueMs, computeMs } = progress;
    try {
      return { version: file.version, outputs: joinBatches(batches), queueMs, computeMs };
    } catch (error) {
      throw predictionFailed(file.model, error);
    }
  }

  /** @returns how many rows have run: fewer than there are when the model is not on the event loop, or left it */
  async function runInline(call: Call, progress: Progress): Promise<number> {
    const { model } = call.version.file;
    try {
      const runBatch = (start: number, end: number) => runBatchInline(call, { start, end }, progress);
      return await inlineCalls.run({ ...call, count: call.rows, runBatch });
    } catch (thrown) {
      const error =
        thrown instanceof AppError
          ? thrown
          : itemFailed(model, { index: 0, ...ofTensors(toFailure('run', thrown)) });
      onEnd(model, error);
      throw error;
    }
  }

  function runBatchInline(
    { version: { file }, inputs, rows: all, acceptedAt }: Call,
    { start, end }: { readonly start: number; readonly end: number },
    progress: Progress,
  ): boolean {
    const queueMs = performance.now() - acceptedAt;
    const rows = end - start;
    const batch = rows === all ? inputs : viewRows(inputs, start, end);
    const reply = inline.runTensors(file, { batch, rows, queueMs });
    if (reply === null) return false;
    progress.batches.push(reply.outputs);
    progress.queueMs = queueMs;
    progress.computeMs += reply.computeMs;
    for (let row = start; row < end; row += 1) onEnd(file.model, null);
    return true;
  }

  async function runOnThreads(call: Call, done: number, progress: Progress): Promise<void> {
    const { version, inputs, rows, signal, deadlineAt } = call;
    const places = Array.from({ length: rows - done }, (_, index) => done + index);
    const answers = new Array<Prediction>(places.length);
    let failure: { readonly error: unknown } | undefined;
    await forEachWithLimit(places, inFlightMax(version), async (place, index) => {
      try {
        answers[index] = await inferRow({ version, row: copyRow(inputs, place), signal, deadlineAt });
      } catch (error) {
        failure ??= { error };
      }
      return failure === undefined;
    });
    if (failure) throw failure.error;
    for (const { output, queueMs, computeMs, batchSize } of answers) {
      // a thread answers rows of tensors with rows of tensors
      progress.batches.push(toBatch(output as Tensors));
      progress.queueMs = Math.max(progress.queueMs, queueMs);
      // those of one batch share its time
      progress.computeMs += computeMs / Math.max(1, batchSize);
    }
  }
}
