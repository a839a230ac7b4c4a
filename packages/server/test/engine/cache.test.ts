import { describe, expect, test } from 'vitest';
import { outcomesOf, startTestEngine } from './support/test-engine.ts';

type TestEngine = Awaited<ReturnType<typeof startTestEngine>>;
const slow = (engine: TestEngine, busyMs: number, rest: object = {}) =>
  engine.predict({ model: 'slow', input: { value: 1, busyMs }, ...rest });
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('the prediction cache', () => {
  test('answers an equal input without a run, whatever the order of its keys', async () => {
    await using engine = await startTestEngine({ threads: 1, cacheEntriesMax: 10 });
    const first = await engine.predict({ model: 'slow', input: { value: 1, busyMs: 0 } });
    const second = await engine.predict({ model: 'slow', input: { busyMs: 0, value: 1 } });
    expect(first).toMatchObject({ cached: false, batchSize: 1 });
    expect(second).toEqual({ ...first, cached: true, batchSize: 0, queueMs: 0, computeMs: 0 });
    expect(engine.stats()).toMatchObject({ cacheEntries: 1 });
    expect(engine.told.batches).toHaveLength(1);
  });

  test('keeps versions apart', async () => {
    await using engine = await startTestEngine({ threads: 1, cacheEntriesMax: 10 });
    const ask = (version: string) => engine.predict({ model: 'echo', version, input: { value: 5 } });
    expect(await ask('1')).toMatchObject({ output: { multiple: 10 } });
    expect(await ask('2')).toMatchObject({ output: { multiple: 15 }, cached: false });
  });

  test('keeps no failure', async () => {
    await using engine = await startTestEngine({ threads: 1, cacheEntriesMax: 10 });
    const ask = () => engine.predict({ model: 'fragile', input: { value: 1, mishap: 'throws' } });
    await outcomesOf([ask()]);
    await outcomesOf([ask()]);
    expect(engine.told.batches).toHaveLength(2);
    expect(engine.stats()).toMatchObject({ cacheEntries: 0 });
  });

  test('0 entries: every request is a run of its own', async () => {
    await using engine = await startTestEngine({ threads: 1, cacheEntriesMax: 0 });
    await Promise.all([slow(engine, 0), slow(engine, 0)]);
    expect(engine.told.batches).toMatchObject([{ size: 2 }]);
  });
});

describe('identical requests at the same time', () => {
  test('share one run', async () => {
    await using engine = await startTestEngine({ threads: 1, cacheEntriesMax: 10 });
    const answers = await Promise.all([slow(engine, 5), slow(engine, 5), slow(engine, 5)]);
    expect(answers.map(({ output, cached }) => ({ output, cached }))).toEqual(
      Array.from({ length: 3 }, () => ({ output: { doubled: 2 }, cached: false })),
    );
    expect(engine.told.batches).toMatchObject([{ size: 1 }]);
  });

  test('one that leaves, leaves the others alone', async () => {
    await using engine = await startTestEngine({ threads: 1, cacheEntriesMax: 10 });
    const leaving = new AbortController();
    const calls = [
      slow(engine, 200, { signal: leaving.signal }),
      slow(engine, 200),
      slow(engine, 200, { deadlineAt: performance.now() + 5 }),
    ];
    await nextTurn();
    leaving.abort();
    expect(await outcomesOf(calls)).toEqual(['REQUEST_CANCELLED', 'ok', 'DEADLINE_EXCEEDED']);
  });

  test('when all have left, the run is dropped from the queue', async () => {
    await using engine = await startTestEngine({ threads: 1, cacheEntriesMax: 10 });
    const busy = slow(engine, 150);
    await nextTurn();
    const leaving = new AbortController();
    const calls = [slow(engine, 1, { signal: leaving.signal }), slow(engine, 1, { signal: leaving.signal })];
    expect(engine.stats()).toMatchObject({ queued: 1 });
    leaving.abort();
    expect(await outcomesOf(calls)).toEqual(['REQUEST_CANCELLED', 'REQUEST_CANCELLED']);
    expect(engine.stats()).toMatchObject({ queued: 0 });
    await busy;
    expect(engine.told.batches).toHaveLength(1);
  });

  test('a patient run is not joined by an urgent request', async () => {
    await using engine = await startTestEngine({ threads: 1, cacheEntriesMax: 10 });
    const busy = slow(engine, 200);
    await nextTurn();
    const calls = [
      slow(engine, 1, { priority: 'low' }),
      slow(engine, 1),
      slow(engine, 1, { priority: 'low' }),
    ];
    expect(engine.stats()).toMatchObject({ queued: 2 });
    expect(await outcomesOf(calls)).toEqual(['ok', 'ok', 'ok']);
    await busy;
  });

  test('share the fate of an input that fails', async () => {
    await using engine = await startTestEngine({ threads: 1, cacheEntriesMax: 10 });
    const ask = () => engine.predict({ model: 'fragile', input: { value: 1, mishap: 'unusable' } });
    expect(await outcomesOf([ask(), ask()])).toEqual(['INPUT_INVALID', 'INPUT_INVALID']);
    expect(engine.told.batches).toMatchObject([{ size: 1 }]);
  });
});
