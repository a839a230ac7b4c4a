import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Measured } from './load.ts';

export interface RawTask {
  readonly model: string;
  readonly batchSize: number;
  readonly seconds: number;
}

/** What one thread did. */
export interface RawRun {
  readonly itemsPerSecond: number;
  /** Processor time of the thread, without the loading of the model. */
  readonly cpuMs: number;
}

/** Items a second of `session.run` in a loop on each thread: no HTTP, no preparation, no queue. */
export async function measureRaw({
  threads,
  ...task
}: RawTask & { threads: number }): Promise<Measured & { cpuMs: number }> {
  const runs = await Promise.all(Array.from({ length: threads }, () => runOnThread(task)));
  const perSecond = runs.reduce((sum, { itemsPerSecond }) => sum + itemsPerSecond, 0);
  const cpuMs = runs.reduce((sum, run) => sum + run.cpuMs, 0);
  const runMs = (1000 * task.batchSize * threads) / perSecond;
  return { perSecond, p50Ms: runMs, p99Ms: Number.NaN, failures: 0, cpuMs };
}

async function runOnThread(task: RawTask): Promise<RawRun> {
  const worker = new Worker(new URL('./raw-worker.ts', import.meta.url), { workerData: task });
  // an error of the thread rejects; what it sends is of this type: see raw-worker.ts
  const [run] = (await once(worker, 'message')) as [RawRun];
  await worker.terminate();
  return run;
}
