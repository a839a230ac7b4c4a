import { type AnyContract, type AnyPipeline, sliceRows, stackTensors, type Tensors } from '@oriel/schemas';
import { toFailure } from '../worker/item-failure.ts';
import type { ItemFailure, RunReply, Stage } from '../worker/protocol.ts';
import { type Attempt, toOutput } from '../worker/run-batch.ts';
import type { SyncSession } from '../worker/sync-session.ts';

export interface InlineVersion {
  readonly contract: AnyContract;
  readonly pipeline: AnyPipeline;
  readonly session: SyncSession;
}

/** The pipeline promised to be synchronous and is not. */
export class NotSynchronousError extends Error {
  override readonly name = 'NotSynchronousError';
}

/**
 * Predicts a batch on this thread before it returns, as `runBatch` does on a worker thread: each item is answered or
 * failed on its own.
 *
 * @throws NotSynchronousError when `preprocess` gives a promise
 */
export function runInline(version: InlineVersion, inputs: readonly unknown[]): RunReply {
  const startedAt = performance.now();
  const prepared = inputs.map((input) => attempt('preprocess', () => prepare(version.pipeline, input)));
  const ran = runRows(version, prepared);
  const outputs: unknown[] = [];
  const failures: ItemFailure[] = [];
  for (const [index, row] of ran.rows.entries()) {
    const answer = 'value' in row ? toOutput(version, row.value) : row;
    if ('failure' in answer) failures.push({ index, ...answer.failure });
    outputs.push('value' in answer ? answer.value : undefined);
  }
  return { outputs, failures, runMs: ran.runMs, computeMs: performance.now() - startedAt };
}

function prepare(pipeline: AnyPipeline, input: unknown): Tensors {
  const tensors = pipeline.preprocess(input);
  if (!(tensors instanceof Promise)) return tensors;
  tensors.catch(() => {}); // its outcome is no longer of interest
  throw new NotSynchronousError('preprocess gave a promise');
}

/** Runs what could be prepared as one batch; when that fails, each item alone, so that only the bad one fails. */
function runRows(version: InlineVersion, prepared: readonly Attempt<Tensors>[]) {
  const items = prepared.flatMap((item) => ('value' in item ? [item.value] : []));
  const startedAt = performance.now();
  const together = attempt('run', () => runTensors(version, items));
  const ran =
    'value' in together
      ? together.value.map((value): Attempt<Tensors> => ({ value }))
      : items.length === 1
        ? [together]
        : // one row in, one row out
          items.map((item) => attempt('run', () => runTensors(version, [item])[0] as Tensors));
  const runMs = performance.now() - startedAt;
  let next = 0;
  return {
    runMs,
    rows: prepared.map((item) => ('value' in item ? (ran[next++] as Attempt<Tensors>) : item)),
  };
}

function runTensors({ pipeline, session }: InlineVersion, items: readonly Tensors[]): Tensors[] {
  if (items.length === 0) return [];
  const batch = pipeline.collate ? pipeline.collate(items) : stackTensors(items);
  const outputs = session.run(batch, items.length);
  return sliceRows(outputs, items.length);
}

function attempt<T>(stage: Stage, work: () => T): Attempt<T> {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof NotSynchronousError) throw error;
    return { failure: toFailure(stage, error) };
  }
}
