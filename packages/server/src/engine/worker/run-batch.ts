import {
  type AnyContract,
  type AnyPipeline,
  InputError,
  quickParse,
  sliceRow,
  stackTensors,
  type Tensors,
} from '@oriel/schemas';
import type { InferenceSession } from 'onnxruntime-node';
import { describeIssues } from './describe-issues.ts';
import { endThreadIfHeapIsFull } from './heap-limit.ts';
import { fromOrtOutputs, toOrtFeeds } from './ort-tensors.ts';
import type { ItemFailure, RunReply, Stage } from './protocol.ts';
import type { SessionGate } from './session-gate.ts';

export interface LoadedVersion {
  readonly contract: AnyContract;
  readonly pipeline: AnyPipeline;
  readonly session: InferenceSession;
  readonly gate: SessionGate;
  readonly heapMb: number;
}

/** Why an item failed, without the index, which is the place in the batch. */
export type Failure = ItemFailure extends infer F
  ? F extends ItemFailure
    ? Omit<F, 'index'>
    : never
  : never;
export type Attempt<T> = { readonly value: T } | { readonly failure: Failure };

/**
 * Predicts a batch. Each item is answered or failed on its own: what one of them does wrong in preprocess, run,
 * postprocess or against the contract of the output does not reach the others.
 */
export async function runBatch(version: LoadedVersion, inputs: readonly unknown[]): Promise<RunReply> {
  const startedAt = performance.now();
  const { pipeline } = version;
  // at once, not one by one: pipelines that decode images wait for another thread in there
  const prepared = await Promise.all(
    inputs.map((input) => attempt('preprocess', () => pipeline.preprocess(input))),
  );
  const ran = await runRows(version, prepared);
  const outputs: unknown[] = [];
  const failures: ItemFailure[] = [];
  for (const [index, row] of ran.rows.entries()) {
    const answer = 'value' in row ? toOutput(version, row.value) : row;
    if ('failure' in answer) failures.push({ index, ...answer.failure });
    outputs.push('value' in answer ? answer.value : undefined);
  }
  return { outputs, failures, runMs: ran.runMs, computeMs: performance.now() - startedAt };
}

/** Runs what could be prepared as one batch; when that fails, each item alone, so that only the bad one fails. */
async function runRows(version: LoadedVersion, prepared: readonly Attempt<Tensors>[]) {
  const items = prepared.flatMap((item) => ('value' in item ? [item.value] : []));
  const startedAt = performance.now();
  const together = await attempt('run', () => runTensors(version, items));
  const ran =
    'value' in together
      ? together.value.map((value): Attempt<Tensors> => ({ value }))
      : items.length === 1
        ? [together]
        : await runEachAlone(version, items);
  const runMs = performance.now() - startedAt;
  let next = 0;
  return {
    runMs,
    rows: prepared.map((item) => ('value' in item ? (ran[next++] as Attempt<Tensors>) : item)),
  };
}

async function runEachAlone(version: LoadedVersion, items: readonly Tensors[]): Promise<Attempt<Tensors>[]> {
  const rows: Attempt<Tensors>[] = [];
  for (const item of items) {
    rows.push(await attempt('run', async () => (await runTensors(version, [item]))[0] as Tensors));
  }
  return rows;
}

async function runTensors(version: LoadedVersion, items: readonly Tensors[]): Promise<Tensors[]> {
  if (items.length === 0) return [];
  const { pipeline, session, gate, heapMb } = version;
  const batch = pipeline.collate ? pipeline.collate(items) : stackTensors(items);
  const feeds = toOrtFeeds(pipeline.inputs, batch);
  const fetches = pipeline.outputs.map(({ name }) => name);
  endThreadIfHeapIsFull(heapMb);
  gate.enter();
  const given = await session.run(feeds, fetches).finally(() => gate.leave());
  const outputs = fromOrtOutputs(pipeline.outputs, given, items.length);
  return items.map((_, row) => sliceRow(outputs, row));
}

/** The last steps of one item: postprocess, and the check against the contract. */
export function toOutput(
  { pipeline, contract }: Pick<LoadedVersion, 'pipeline' | 'contract'>,
  row: Tensors,
): Attempt<unknown> {
  try {
    const parsed = quickParse(contract.output, pipeline.postprocess(row));
    if (parsed.success) return { value: parsed.data };
    return { failure: { kind: 'failed', stage: 'output', message: describeIssues(parsed.error) } };
  } catch (error) {
    return { failure: toFailure('postprocess', error) };
  }
}

async function attempt<T>(stage: Stage, work: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { failure: toFailure(stage, error) };
  }
}

export function toFailure(stage: Stage, error: unknown): Failure {
  if (error instanceof InputError) return { kind: 'unusable', path: error.path, message: error.message };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'failed', stage, message, ...(stack !== undefined && { stack }) };
}
