import { describe, expect, test } from 'vitest';
import { Batcher } from './batcher.ts';

/** A batcher whose batches end when the test says so. */
function setUp(threads: number) {
  let now = 0;

  const running: { readonly lane: string; readonly items: readonly number[]; readonly finish: () => void }[] =
    [];
  const batcher = new Batcher<number>({
    runBatch(lane, items) {
      const { promise, resolve } = Promise.withResolvers<void>();
      running.push({ lane: lane.name, items, finish: resolve });
      return promise;
    },
    now: () => now,
  });
  batcher.setCapacity(threads);
  const lane = (name: string, batchSizeMax = 8) =>
    batcher.addLane({ name, batchSizeMax, queueItemsMax: 1000 });
  const background = (name: string) =>
    batcher.addLane({ name, batchSizeMax: 1, queueItemsMax: 1000, isBackground: true });
  const pass = (ms: number) => {
    now += ms;
  };
  return { batcher, running, lane, background, pass };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const count = (length: number) => Array.from({ length }, (_, index) => index);

describe('Batcher', () => {
  test('a single item leaves at the end of its turn, without a timer', async () => {
    const { batcher, running, lane } = setUp(1);
    batcher.add(lane('a'), 1, 'high');
    expect(running).toHaveLength(0);
    await new Promise((resolve) => process.nextTick(resolve));
    expect(running).toMatchObject([{ items: [1] }]);
  });

  test('a thousand calls of one turn form full batches', async () => {
    const { batcher, running, lane } = setUp(2);
    const a = lane('a', 64);
    for (const item of count(1000)) batcher.add(a, item, 'high');
    await turn();
    expect(running.map(({ items }) => items.length)).toEqual([64, 64]);
  });

  test('few items spread over idle threads', async () => {
    const { batcher, running, lane } = setUp(3);
    const a = lane('a');
    for (const item of count(7)) batcher.add(a, item, 'high');
    await turn();
    expect(running.map(({ items }) => items)).toEqual([
      [0, 1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  test('idle threads are shared by the lanes that wait', async () => {
    const { batcher, running, lane } = setUp(2);
    const [a, b] = [lane('a'), lane('b')];
    for (const item of count(6)) batcher.add(a, item, 'high');
    batcher.add(b, 100, 'high');
    await turn();
    expect(running).toMatchObject([
      { lane: 'a', items: count(6) },
      { lane: 'b', items: [100] },
    ]);
  });

  test('a lane that holds a thread does not take the next one before a lane that holds none', async () => {
    const { batcher, running, lane } = setUp(2);
    const [slow, fast] = [lane('slow', 1), lane('fast', 1)];
    for (const item of count(4)) {
      batcher.add(slow, item, 'high');
      batcher.add(fast, item, 'high');
    }
    for (const _ of count(4)) {
      await turn();
      running.find(({ lane: name }) => name === 'fast')?.finish();
      running.splice(
        running.findIndex(({ lane: name }) => name === 'fast'),
        1,
      );
    }
    await turn();
    // four fast batches went past one slow batch that is still running
    expect(running.map(({ lane: name, items }) => [name, ...items])).toEqual([
      ['slow', 0],
      ['slow', 1],
    ]);
  });

  test('callers that were just answered get to ask again before the freed thread is given away', async () => {
    const { batcher, running, lane } = setUp(1);
    const a = lane('a');
    batcher.add(a, 0, 'high');
    await turn();
    const askAgain = async () => {
      for (const _ of count(10)) await Promise.resolve();
      batcher.add(a, 2, 'high');
    };
    batcher.add(a, 1, 'high');
    running[0]?.finish();
    await askAgain();
    await turn();
    expect(running[1]?.items).toEqual([1, 2]);
  });

  test('bulk work takes all threads while nobody asks, and comes after whoever does', async () => {
    const { batcher, running, lane, background } = setUp(2);
    const [a, job] = [lane('a'), background('job')];
    for (const item of count(9)) batcher.add(job, item, 'low');
    await turn();
    expect(running.map(({ lane: name }) => name)).toEqual(['job', 'job']);
    batcher.add(a, 100, 'high');
    running[0]?.finish();
    await turn();
    expect(running[2]).toMatchObject({ lane: 'a', items: [100] });
  });

  test('while somebody asks steadily, bulk work leaves one of two threads alone, but not for longer', async () => {
    const { batcher, running, lane, background, pass } = setUp(2);
    const [a, job] = [lane('a'), background('job')];
    batcher.add(a, 100, 'high');
    for (const item of count(9)) batcher.add(job, item, 'low');
    await turn();
    expect(running.map(({ lane: name }) => name)).toEqual(['a', 'job']);
    running[0]?.finish();
    await turn();
    expect(running, 'the free thread waits for the next who asks').toHaveLength(2);
    pass(300);
    running[1]?.finish();
    await turn();
    expect(running.slice(2).map(({ lane: name }) => name)).toEqual(['job', 'job']);
  });

  test('bulk work does not count as waiting, nor as a sharer of the threads', async () => {
    const { batcher, running, lane, background } = setUp(2);
    const [a, job] = [lane('a'), background('job')];
    for (const item of count(9)) batcher.add(job, item, 'low');
    for (const item of count(6)) batcher.add(a, item, 'high');
    expect(batcher.stats()).toMatchObject({ queued: 6, queuedByLane: { a: 6 } });
    await turn();
    expect(running.map(({ items }) => items)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
  });

  test('tells when to try again from the length of the queue and its recent speed', async () => {
    const { batcher, lane } = setUp(2);
    const a = lane('a');
    expect(batcher.retryAfterS(a)).toBe(1);
    a.measure(4, 2000);
    batcher.setCapacity(0);
    for (const item of count(20)) batcher.add(a, item, 'high');
    batcher.setCapacity(2);
    expect(batcher.retryAfterS(a)).toBe(5);
  });
});
