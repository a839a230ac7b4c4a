import type { DoneChunk, RunningJob } from '../job-runner.ts';

interface Chunks {
  readonly count: number;
  /** How many are at work at the same time. */
  readonly atOnce: number;
}

/** Does the chunks of a job that are not done yet, and says of each that it is. What fails lets those that were begun end first. */
export async function doChunks(
  job: RunningJob,
  { count, atOnce }: Chunks,
  work: (index: number) => Promise<Omit<DoneChunk, 'index'>>,
): Promise<void> {
  const isDone = new Set((await job.chunks()).map(({ index }) => index));
  const rest = Array.from({ length: count }, (_, index) => index)
    .filter((index) => !isDone.has(index))
    .values();
  const failures: unknown[] = [];
  const lane = async () => {
    for (const index of rest) {
      if (failures.length > 0) return;
      await doOne(index).catch((error: unknown) => failures.push(error));
    }
  };
  const doOne = async (index: number) => {
    job.signal.throwIfAborted();
    await job.finishChunk({ index, ...(await work(index)) });
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  if (failures.length > 0) throw failures[0];
}
