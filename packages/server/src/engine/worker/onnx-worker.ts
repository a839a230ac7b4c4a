import { workerData } from 'node:worker_threads';
import type { Tensors } from '@oriel/schemas';
import { giveHeapBack } from '../../garbage.ts';
import { giveWayToEventLoops } from '../../give-way.ts';
import { loadVersion } from './load-version.ts';
import type {
  HelloReply,
  LoadReply,
  LoadTask,
  RunReply,
  RunTask,
  SettleReply,
  SliceReply,
  SliceTask,
  ThreadData,
  ThreadTask,
} from './protocol.ts';
import { type LoadedVersion, runBatch, runTensorRows } from './run-batch.ts';
import { runSlice } from './run-slice.ts';
import { SessionGate } from './session-gate.ts';

giveWayToEventLoops();

/** One gate a thread: it is inside at most one session at a time. */
const gate = new SessionGate();
const versions = new Map<string, LoadedVersion>();

/** Runs on a worker thread, one task at a time. Knows models and nothing of queues, deadlines or callers. */
export function runTask(
  task: ThreadTask,
): Promise<HelloReply | LoadReply | SettleReply | RunReply | SliceReply> {
  switch (task.kind) {
    case 'run':
      return run(task);
    case 'slice':
      return slice(task);
    case 'load':
      return load(task);
    case 'settle':
      return settle();
    case 'hello':
      return Promise.resolve({ gate: gate.buffer });
  }
}

/** A version that does not load is a fact to report: throwing would only say less. */
async function load({ file }: LoadTask): Promise<LoadReply> {
  try {
    // Piscina hands on the data it was given: worker-pool.ts gives this type
    const version = await loadVersion(file, workerData as ThreadData, gate);
    versions.set(file.key, version);
    const { inputs, outputs, batching } = version.pipeline;
    const { batchSizeMax, micro: isMicro = false } = batching;
    return { ok: true, inputs, outputs, batchSizeMax, isMicro };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function settle(): Promise<SettleReply> {
  giveHeapBack();
  return { isSettled: true };
}

async function run({ key, inputs, isTensors }: RunTask): Promise<RunReply> {
  // what the engine puts into such a task are rows of tensors
  return isTensors ? runTensorRows(loaded(key), inputs as readonly Tensors[]) : runBatch(loaded(key), inputs);
}

async function slice({ key, inputs }: SliceTask): Promise<SliceReply> {
  return runSlice(loaded(key), inputs);
}

function loaded(key: string): LoadedVersion {
  const version = versions.get(key);
  if (!version) throw new Error(`${key} is not loaded on this thread`);
  return version;
}
