import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { DoneChunk } from '../job-runner.ts';
import { doChunks } from './do-chunks.ts';

const chunk = (index: number): DoneChunk => ({ index, sha256: null, rows: 10, rowsFailed: 0 });
const { index: _index, ...done } = chunk(0);

const chunksOf = (count: number) => Array.from({ length: count }, () => ({ limit: 10 }));

/** A job that remembers which chunks were written down together. */
function createJob(before: readonly number[] = []) {
  const written: number[][] = [];
  const controller = new AbortController();
  return {
    written,
    stop: () => controller.abort(),
    signal: controller.signal,
    togetherMs: 250,
    chunks: async () => before.map(chunk),
    finishChunks: async (chunks: readonly DoneChunk[]) => {
      written.push(chunks.map(({ index }) => index));
    },
  };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('the chunks of a job', () => {
  test('that are done shortly after one another are written down together, and the last of them at once', async () => {
    vi.useFakeTimers();
    const job = createJob();
    const began = Date.now();
    await doChunks(job, { ranges: chunksOf(8), atOnce: 1 }, async () => {
      await vi.advanceTimersByTimeAsync(80);
      return done;
    });
    expect(job.written).toEqual([[0], [1, 2, 3], [4, 5, 6], [7]]);
    expect(Date.now() - began).toBe(640);
  });

  test('are begun with the largest, and equal ones in their order', async () => {
    const begun: number[] = [];
    const ranges = [3, 10, 10, 4, 10].map((limit) => ({ limit }));
    await doChunks(createJob(), { ranges, atOnce: 2 }, async (index) => {
      begun.push(index);
      return done;
    });
    expect(begun).toEqual([1, 2, 4, 3, 0]);
  });

  test('that were done before are left out', async () => {
    const job = createJob([0, 2]);
    const begun: number[] = [];
    await doChunks(job, { ranges: chunksOf(4), atOnce: 2 }, async (index) => {
      begun.push(index);
      return done;
    });
    expect(begun).toEqual([1, 3]);
    expect(job.written.flat()).toEqual([1, 3]);
  });

  test('are not begun once one has failed; those at work are ended and written down', async () => {
    const job = createJob();
    const working = doChunks(job, { ranges: chunksOf(9), atOnce: 2 }, async (index) => {
      if (index === 1) throw new Error('a chunk is broken');
      await sleep(1);
      return done;
    });
    await expect(working).rejects.toThrow('a chunk is broken');
    expect(job.written).toEqual([[0]]);
  });

  test('are not begun once the job is to stop', async () => {
    const job = createJob();
    const working = doChunks(job, { ranges: chunksOf(9), atOnce: 1 }, async (index) => {
      if (index === 2) job.stop();
      return done;
    });
    await expect(working).rejects.toThrow('aborted');
    expect(job.written.flat()).toEqual([0, 1, 2]);
  });

  test('are not begun once what is done cannot be written down', async () => {
    const begun: number[] = [];
    const job = {
      ...createJob(),
      finishChunks: () => Promise.reject(new Error('the lease is lost')),
    };
    const working = doChunks(job, { ranges: chunksOf(9), atOnce: 1 }, async (index) => {
      begun.push(index);
      await sleep(1);
      return done;
    });
    await expect(working).rejects.toThrow('the lease is lost');
    expect(begun).not.toContain(2);
  });
});
