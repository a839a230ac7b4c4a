import type { Job, JobState } from '@oriel/schemas';
import { describe, expect, test } from 'vitest';
import { createJobWatcher } from './job-watcher.ts';
import type { EventCursor, JobEventRow } from './repository.ts';

const jobAt = (revision: number, state: JobState = 'running') => ({ id: 'j', revision, state }) as Job;

/** A table of events, and a watcher that looks at it when told. */
function createTable() {
  const rows: JobEventRow[] = [];
  let isDown = false;
  const watcher = createJobWatcher({
    async listEvents(cursors: readonly EventCursor[]) {
      if (isDown) throw new Error('the database is away');
      return rows.filter(({ jobId, revision }) =>
        cursors.some((cursor) => cursor.jobId === jobId && revision > cursor.revision),
      );
    },
    logger: { warn: () => undefined },
    eachMs: 5,
  });
  return {
    watcher,
    add(revision: number, state?: JobState) {
      const job = jobAt(revision, state);
      rows.push({ jobId: 'j', revision, job });
      watcher.nudge(job);
    },
    forget: () => rows.splice(0),
    setDown(down: boolean) {
      isDown = down;
    },
  };
}

async function revisionsOf(events: AsyncGenerator<Job, void>): Promise<number[]> {
  const all: number[] = [];
  for await (const { revision } of events) all.push(revision);
  return all;
}

describe('a watcher', () => {
  test('is told the job as it is, then what happens, to the end', async () => {
    const { watcher, add } = createTable();
    const told = revisionsOf(watcher.watch(jobAt(3), null));
    for (const revision of [4, 5]) add(revision);
    add(6, 'succeeded');
    expect(await told).toEqual([3, 4, 5, 6]);
  });

  test('that has some is told the others, each once', async () => {
    const { watcher, add } = createTable();
    for (const revision of [1, 2, 3, 4]) add(revision);
    const told = revisionsOf(watcher.watch(jobAt(4), 2));
    add(5, 'failed');
    expect(await told).toEqual([3, 4, 5]);
  });

  test('that has an event which never was is told the job as it is', async () => {
    const { watcher } = createTable();
    expect(await revisionsOf(watcher.watch(jobAt(4, 'succeeded'), 99))).toEqual([4]);
  });

  test('that comes when all is over: what it lacks, or the end where that is no longer kept; nothing when it has it', async () => {
    const { watcher, add, forget } = createTable();
    for (const revision of [1, 2]) add(revision);
    add(3, 'succeeded');
    const end = jobAt(3, 'succeeded');
    expect(await revisionsOf(watcher.watch(end, 1))).toEqual([2, 3]);
    expect(await revisionsOf(watcher.watch(end, 3))).toEqual([]);
    forget();
    expect(await revisionsOf(watcher.watch(end, 1))).toEqual([3]);
  });

  test('is told at once what this process makes of the job, in its place after what others did', async () => {
    const { watcher, add, setDown } = createTable();
    add(2);
    const told: number[] = [];
    const watching = (async () => {
      for await (const { revision } of watcher.watch(jobAt(2), 1)) told.push(revision);
    })();
    await expect.poll(() => told).toHaveLength(1);
    // nobody has to look it up
    setDown(true);
    add(3);
    await expect.poll(() => told).toHaveLength(2);
    watcher.nudge(jobAt(5, 'succeeded'));
    add(4);
    setDown(false);
    add(5, 'succeeded');
    await watching;
    expect(told).toEqual([2, 3, 4, 5]);
  });

  test('loses nothing while the database is away', async () => {
    const { watcher, add, setDown } = createTable();
    setDown(true);
    const told = revisionsOf(watcher.watch(jobAt(1), null));
    add(2);
    setDown(false);
    add(3, 'cancelled');
    expect(await told).toEqual([1, 2, 3]);
  });

  test('is told by the next look when one fails that it was asked for in', async () => {
    const rows: JobEventRow[] = [];
    const first = Promise.withResolvers<JobEventRow[]>();
    let looks = 0;
    const watcher = createJobWatcher({
      listEvents: async () => (looks++ === 0 ? first.promise : rows),
      logger: { warn: () => undefined },
      // never by itself
      eachMs: 2 ** 31 - 1,
    });
    const told = revisionsOf(watcher.watch(jobAt(1), 1));
    await expect.poll(() => looks).toBe(1);
    for (const job of [jobAt(2), jobAt(3, 'succeeded')])
      rows.push({ jobId: 'j', revision: job.revision, job });
    // another process made the second
    for (let times = 0; times < 3; times += 1) watcher.nudge(jobAt(3, 'succeeded'));
    first.reject(new Error('the database is away'));
    expect(await told).toEqual([2, 3]);
    // all that was asked for meanwhile is one look
    expect(looks).toBe(2);
    watcher.stop();
  });

  test('is let go when it leaves, and sent away when the server stops', async () => {
    const { watcher } = createTable();
    const leaving = new AbortController();
    const told = revisionsOf(watcher.watch(jobAt(1), 1, leaving.signal));
    leaving.abort();
    expect(await told).toEqual([]);
    const sent = revisionsOf(watcher.watch(jobAt(1), 1));
    watcher.stop();
    await expect(sent).rejects.toMatchObject({ code: 'SERVER_STOPPING' });
  });

  test('that waits for one change is answered with it, or with nothing once it is late', async () => {
    const { watcher, add } = createTable();
    const next = watcher.next(jobAt(1), 10_000);
    add(2);
    expect((await next)?.revision).toBe(2);
    expect(await watcher.next(jobAt(2), 10)).toBeNull();
    // what is left of a deadline
    expect(await watcher.next(jobAt(2), 0.5)).toBeNull();
    expect(await watcher.next(jobAt(2), -3)).toBeNull();
  });
});
