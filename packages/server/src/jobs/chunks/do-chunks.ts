import type { DoneChunk, RunningJob } from '../job-runner.ts';
import type { ChunkRange } from './chunk-ranges.ts';

interface Chunks {
  readonly ranges: readonly Pick<ChunkRange, 'limit'>[];
  /** How many are at work at the same time. */
  readonly atOnce: number;
}

/**
 * Does the chunks of a job that are not done yet, and says of each that it is. The largest come first: where a small one
 * is the last, the others do not wait long for it. What fails lets those that were begun end first, and what was done is
 * written down.
 */
export async function doChunks(
  job: Pick<RunningJob, 'chunks' | 'finishChunks' | 'signal' | 'togetherMs'>,
  { ranges, atOnce }: Chunks,
  work: (index: number) => Promise<Omit<DoneChunk, 'index'>>,
): Promise<void> {
  const isDone = new Set((await job.chunks()).map(({ index }) => index));
  const rest = ranges
    .map(({ limit }, index) => ({ index, limit }))
    .filter(({ index }) => !isDone.has(index))
    .toSorted((a, b) => b.limit - a.limit)
    .values();
  const failures: unknown[] = [];
  const writer = createWriter(job, (error) => failures.push(error));
  const lane = async () => {
    for (const { index } of rest) {
      if (failures.length > 0) return;
      await doOne(index).catch((error: unknown) => failures.push(error));
    }
  };
  const doOne = async (index: number) => {
    job.signal.throwIfAborted();
    writer.add({ index, ...(await work(index)) });
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  await writer.finish();
  if (failures.length > 0) throw failures[0];
}

/** Writes down what is done: the first at once, what comes shortly after that together. */
function createWriter(
  job: Pick<RunningJob, 'finishChunks' | 'togetherMs'>,
  onFailure: (error: unknown) => void,
) {
  let waiting: DoneChunk[] = [];
  let writing: Promise<void> | undefined;
  let isOver = false;
  let stopWaiting = () => {};
  return { add, finish };

  function add(chunk: DoneChunk): void {
    waiting.push(chunk);
    writing ??= writeAll();
  }

  /** Resolves when all is written, without waiting for more. */
  async function finish(): Promise<void> {
    isOver = true;
    stopWaiting();
    await writing;
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const chunks = waiting;
      waiting = [];
      await job.finishChunks(chunks).catch(onFailure);
      if (!isOver) await forMore();
    }
    writing = undefined;
  }

  function forMore(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, job.togetherMs);
      stopWaiting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
