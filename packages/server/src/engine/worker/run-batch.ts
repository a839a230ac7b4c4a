import {
  type AnyContract,
  type AnyPipeline,
  quickParse,
  sliceRows,
  stackTensors,
  type Tensors,
} from '@oriel/schemas';
import type { InferenceSession } from 'onnxruntime-node';
import { describeIssues } from './describe-issues.ts';
import { endThreadIfHeapIsFull } from './heap-limit.ts';
import { type Failure, ofTensors, toFailure } from './item-failure.ts';
import { fromOrtOutputs, toOrtFeeds } from './ort-tensors.ts';
import type { ItemFailure, RunReply, Stage } from './protocol.ts';
import type { SessionGate } from './session-gate.ts';
import type { SyncSession } from './sync-session.ts';

export interface LoadedVersion {
  readonly contract: AnyContract;
  readonly pipeline: AnyPipeline;
  readonly session: InferenceSession;
  /** Of models whose runs are so short that waiting for a promise would be half of the time; null of others. */
  readonly syncSession: SyncSession | null;
  readonly gate: SessionGate;
  readonly heapMb: number;
}

export type Attempt<T> = { readonly value: T } | { readonly failure: Failure };

/**
 * Predicts a batch. Each item is answered or failed on its own: what one of them does wrong in preprocess, run,
 * postprocess or against the contract of the output does not reach the others.
 */
export async function runBatch(version: LoadedVersion, inputs: readonly unknown[]): Promise<RunReply> {
  const startedAt = performance.now();
  const { pipeline } = version;
  const preparing = inputs.map((input) => prepare(pipeline, input));
  // at once, not one by one: pipelines that decode images wait for another thread in there
  const prepared = preparing.every(isSettled)
    ? preparing
    : await Promise.all(preparing.map(async (item) => item));
  const ran = await runRows(version, prepared);
  const outputs: unknown[] = [];
  const failures: ItemFailure[] = [];
  for (let index = 0; index < ran.rows.length; index += 1) {
    const row = ran.rows[index] as Attempt<Tensors>;
    const answer = 'value' in row ? toOutput(version, row.value) : row;
    if ('failure' in answer) failures.push({ index, ...answer.failure });
    outputs.push('value' in answer ? answer.value : undefined);
  }
  return { outputs, failures, runMs: ran.runMs, computeMs: performance.now() - startedAt };
}

/**
 * Runs rows of tensors as they are, without the contract and what the pipeline does around the model. Rows of one shape
 * run together: filling up the shorter ones is the pipeline's, and it alone knows with what.
 */
export async function runTensorRows(version: LoadedVersion, rows: readonly Tensors[]): Promise<RunReply> {
  const startedAt = performance.now();
  const { collate: _collate, ...pipeline } = version.pipeline;
  const outputs = new Array<unknown>(rows.length);
  const failures: ItemFailure[] = [];
  let runMs = 0;
  for (const places of Map.groupBy(rows.keys(), (place) => shapeOf(rows[place])).values()) {
    const same = places.map((place) => ({ value: rows[place] as Tensors }));
    const ran = await runRows({ ...version, pipeline }, same);
    runMs += ran.runMs;
    for (const [index, place] of places.entries()) {
      // one for each that was run
      const row = ran.rows[index] as Attempt<Tensors>;
      if ('failure' in row) failures.push({ index: place, ...ofTensors(row.failure) });
      else outputs[place] = row.value;
    }
  }
  return { outputs, failures, runMs, computeMs: performance.now() - startedAt };
}

function shapeOf(row: Tensors | undefined): string {
  return Object.values(row ?? {})
    .map(({ dims }) => dims.join())
    .join(';');
}

/** A promise only where the pipeline gives one: a promise for each input would cost more than a small model does. */
function prepare(pipeline: AnyPipeline, input: unknown): Attempt<Tensors> | Promise<Attempt<Tensors>> {
  try {
    const tensors = pipeline.preprocess(input);
    return tensors instanceof Promise ? attempt('preprocess', () => tensors) : { value: tensors };
  } catch (error) {
    return { failure: toFailure('preprocess', error) };
  }
}

function isSettled<T>(attempt: Attempt<T> | Promise<Attempt<T>>): attempt is Attempt<T> {
  return !(attempt instanceof Promise);
}

/** Runs what could be prepared as one batch; when that fails, each item alone, so that only the bad one fails. */
async function runRows(version: LoadedVersion, prepared: readonly Attempt<Tensors>[]) {
  const items: Tensors[] = [];
  for (const item of prepared) if ('value' in item) items.push(item.value);
  const startedAt = performance.now();
  const together = await attempt('run', () => runTensors(version, items));
  const attempts: readonly Attempt<Tensors>[] =
    'value' in together ? [] : items.length === 1 ? [together] : await runEachAlone(version, items);
  const runMs = performance.now() - startedAt;
  let next = 0;
  const rows = prepared.map((item): Attempt<Tensors> => {
    if ('failure' in item) return item;
    const place = next++;
    if ('value' in together) return { value: together.value[place] as Tensors };
    return attempts[place] as Attempt<Tensors>;
  });
  return { runMs, rows };
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
  const { pipeline, session, syncSession, gate, heapMb } = version;
  const batch = pipeline.collate ? pipeline.collate(items) : stackTensors(items);
  if (syncSession) return sliceRows(runAtOnce(version, syncSession, batch, items.length), items.length);
  const feeds = toOrtFeeds(pipeline.inputs, batch);
  const fetches = pipeline.outputs.map(({ name }) => name);
  endThreadIfHeapIsFull(heapMb);
  gate.enter();
  const given = await session.run(feeds, fetches).finally(() => gate.leave());
  const outputs = fromOrtOutputs(pipeline.outputs, given, items.length);
  return sliceRows(outputs, items.length);
}

function runAtOnce(
  { gate, heapMb }: LoadedVersion,
  session: SyncSession,
  batch: Tensors,
  rows: number,
): Tensors {
  endThreadIfHeapIsFull(heapMb);
  gate.enter();
  try {
    return session.run(batch, rows);
  } finally {
    gate.leave();
  }
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
