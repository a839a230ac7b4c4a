import { describe, expect, test } from 'vitest';
import { outcomesOf, refusalOf, startTestEngine } from './support/test-engine.ts';

type TestEngine = Awaited<ReturnType<typeof startTestEngine>>;

/** Keeps one thread busy; resolves when it is free again. */
const occupy = (engine: TestEngine, busyMs: number) =>
  engine.predict({ model: 'slow', input: { value: 0, busyMs } });
const echo = (engine: TestEngine, value: number, rest: object = {}) =>
  engine.predict({ model: 'echo', input: { value }, ...rest });
/** Lets the calls made so far reach a thread or a queue. */
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('a full queue', () => {
  test('refuses at once with ENGINE_OVERLOADED and when to try again; what it accepted is answered', async () => {
    await using engine = await startTestEngine({ threads: 1, queueItemsMax: 3 });
    const busy = occupy(engine, 150);
    await nextTurn();
    const calls = [0, 1, 2, 3, 4].map((value) => echo(engine, value));
    const refusal = await refusalOf(calls[4] as Promise<unknown>);
    expect(refusal).toMatchObject({ code: 'ENGINE_OVERLOADED', retryAfterS: expect.any(Number) });
    expect(engine.stats()).toMatchObject({ queued: 3, running: 1 });
    expect(await outcomesOf(calls)).toEqual(['ok', 'ok', 'ok', 'ENGINE_OVERLOADED', 'ENGINE_OVERLOADED']);
    await busy;
    expect(engine.told.refusals).toEqual(['ENGINE_OVERLOADED', 'ENGINE_OVERLOADED']);
  });

  test('is per model version: others are admitted', async () => {
    await using engine = await startTestEngine({ threads: 1, queueItemsMax: 1 });
    const busy = occupy(engine, 150);
    await nextTurn();
    const calls = [echo(engine, 1), echo(engine, 2), echo(engine, 3, { version: '1' })];
    expect(await outcomesOf(calls)).toEqual(['ok', 'ENGINE_OVERLOADED', 'ok']);
    await busy;
  });

  test('low priority fills half of it and is served after high', async () => {
    await using engine = await startTestEngine({ threads: 1, queueItemsMax: 4 });
    const busy = occupy(engine, 150);
    await nextTurn();
    const order: string[] = [];
    const call = async (model: 'echo' | 'slow', name: string, priority: 'high' | 'low') => {
      await engine.predict({
        model,
        input: model === 'echo' ? { value: 1 } : { value: 1, busyMs: 0 },
        priority,
      });
      order.push(name);
    };
    const calls = [call('slow', 'low 1', 'low'), call('slow', 'low 2', 'low'), call('slow', 'low 3', 'low')];
    calls.push(call('echo', 'high', 'high'));
    expect(await outcomesOf(calls)).toEqual(['ok', 'ok', 'ENGINE_OVERLOADED', 'ok']);
    expect(order).toEqual(['high', 'low 1', 'low 2']);
    await busy;
  });
});

describe('a queue that has grown long in time', () => {
  /** One slow prediction, so that the engine knows the model's speed; then `count` of them at once. */
  async function ask(engine: TestEngine, count: number, rest: object = {}) {
    await occupy(engine, 20);
    await nextTurn();
    const calls = Array.from({ length: count }, (_, value) =>
      engine.predict({ model: 'slow', input: { value: value + 1, busyMs: 1 }, ...rest }),
    );
    const outcomes = await outcomesOf(calls);
    return {
      answered: outcomes.filter((outcome) => outcome === 'ok').length,
      refused: outcomes.filter((outcome) => outcome === 'ENGINE_OVERLOADED').length,
    };
  }

  test('refuses whoever would wait longer than allowed behind several dozen', async () => {
    await using engine = await startTestEngine({ threads: 1, queueMsMax: 100 });
    const { answered, refused } = await ask(engine, 60);
    expect(answered).toBeGreaterThanOrEqual(32);
    expect(refused).toBeGreaterThan(0);
    expect(answered + refused).toBe(60);
  });

  test('refuses whoever could not be answered by its deadline', async () => {
    await using engine = await startTestEngine({ threads: 1 });
    const { refused } = await ask(engine, 60, { deadlineAt: performance.now() + 500 });
    expect(refused).toBeGreaterThan(0);
  });

  test('takes a few dozen whatever it takes, and bulk work always', async () => {
    await using engine = await startTestEngine({ threads: 1, queueMsMax: 1 });
    expect(await ask(engine, 48)).toEqual({ answered: 48, refused: 0 });
    expect(await ask(engine, 60, { priority: 'low' })).toEqual({ answered: 60, refused: 0 });
  });
});

describe('a refusal before the input is known', () => {
  /** A busy thread, and as many in the queue as may wait. */
  async function fill(engine: TestEngine) {
    const busy = occupy(engine, 150);
    await nextTurn();
    return [busy, echo(engine, 1), echo(engine, 2)];
  }

  test('is that of the prediction, and told to the observer as one', async () => {
    await using engine = await startTestEngine({ threads: 1, queueItemsMax: 2 });
    expect(engine.refuseNow('echo')).toBeNull();
    const calls = await fill(engine);
    const late = await refusalOf(echo(engine, 3));
    expect(engine.refuseNow('echo')).toEqual(late);
    expect(late).toMatchObject({ code: 'ENGINE_OVERLOADED' });
    expect(engine.told.refusals).toEqual(['ENGINE_OVERLOADED', 'ENGINE_OVERLOADED']);
    expect(engine.refuseNow('slow')).toBeNull();
    await Promise.all(calls);
    expect(engine.refuseNow('echo')).toBeNull();
  });

  test('is none where the queue has grown long in items, but not in time', async () => {
    await using engine = await startTestEngine({ threads: 1, queueMsMax: 60_000 });
    const calls = Array.from({ length: 60 }, (_, value) => echo(engine, value));
    expect(engine.refuseNow('echo')).toBeNull();
    await Promise.all(calls);
  });

  test('comes when the queue has grown long in time', async () => {
    await using engine = await startTestEngine({ threads: 1, queueMsMax: 1 });
    await occupy(engine, 20);
    await nextTurn();
    const calls = Array.from({ length: 48 }, (_, value) =>
      engine.predict({ model: 'slow', input: { value, busyMs: 1 } }),
    );
    expect(engine.refuseNow('slow')).toMatchObject({ code: 'ENGINE_OVERLOADED' });
    await Promise.all(calls);
  });

  test('is for overload alone: what else is wrong is said when there is an input', async () => {
    await using engine = await startTestEngine({ threads: 1 });
    expect(engine.refuseNow('no such model')).toBeNull();
    await engine.drain();
    expect(engine.refuseNow('echo')).toBeNull();
    expect(engine.told.refusals).toEqual([]);
  });

  test('is none while the cache knows what many ask for: they are answered from it', async () => {
    await using engine = await startTestEngine({ threads: 1, queueItemsMax: 2, cacheEntriesMax: 10 });
    for (let asked = 0; asked < 5; asked += 1) await echo(engine, 1);
    const calls = [occupy(engine, 150)];
    await nextTurn();
    calls.push(echo(engine, 2), echo(engine, 3));
    expect(await refusalOf(echo(engine, 4))).toMatchObject({ code: 'ENGINE_OVERLOADED' });
    expect(engine.refuseNow('echo')).toBeNull();
    expect(await echo(engine, 1)).toMatchObject({ cached: true });
    await Promise.all(calls);
  });
});

describe('deadlines', () => {
  test('one that passes in the queue: refused then, and never run', async () => {
    await using engine = await startTestEngine({ threads: 1 });
    const busy = occupy(engine, 300);
    await nextTurn();
    const late = echo(engine, 1, { deadlineAt: performance.now() + 20 });
    expect(await refusalOf(late)).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(engine.stats()).toMatchObject({ queued: 0, running: 1 });
    await busy;
    await occupy(engine, 0);
    expect(engine.told.batches.map(({ model }) => model)).toEqual(['slow', 'slow']);
  });

  test('one that passes during the run: answered at its deadline, the thread goes on', async () => {
    await using engine = await startTestEngine({ threads: 1, deadlineMs: 30 });
    expect(await refusalOf(occupy(engine, 400))).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(engine.stats()).toMatchObject({ running: 1 });
    const next = await echo(engine, 1, { deadlineAt: performance.now() + 5000 });
    expect(next.output).toMatchObject({ multiple: 3 });
    expect(engine.told.exits).toEqual([]);
  });

  test('one that has passed already is refused without a run', async () => {
    await using engine = await startTestEngine({ threads: 1 });
    expect(await refusalOf(echo(engine, 1, { deadlineAt: performance.now() - 1 }))).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    expect(engine.told.batches).toEqual([]);
  });
});

describe('a caller that goes away', () => {
  test('while queued: its item never runs', async () => {
    await using engine = await startTestEngine({ threads: 1 });
    const busy = occupy(engine, 150);
    await nextTurn();
    const leaving = new AbortController();
    const calls = [echo(engine, 1, { signal: leaving.signal }), echo(engine, 2)];
    leaving.abort();
    expect(await outcomesOf(calls)).toEqual(['REQUEST_CANCELLED', 'ok']);
    await busy;
    expect(engine.told.batches).toMatchObject([{ model: 'slow' }, { model: 'echo', size: 1 }]);
  });

  test('while running: it is told at once, the thread is not touched', async () => {
    await using engine = await startTestEngine({ threads: 1 });
    const leaving = new AbortController();
    const call = engine.predict({ model: 'heavy', input: { size: 1000 }, signal: leaving.signal });
    await nextTurn();
    leaving.abort();
    expect(await refusalOf(call)).toMatchObject({ code: 'REQUEST_CANCELLED' });
    expect(engine.stats()).toMatchObject({ running: 1 });
    expect(await echo(engine, 1)).toMatchObject({ output: { multiple: 3 } });
    expect(engine.told.exits).toEqual([]);
  });

  test('before it asked: refused without a run', async () => {
    await using engine = await startTestEngine({ threads: 1 });
    expect(await refusalOf(echo(engine, 1, { signal: AbortSignal.abort() }))).toMatchObject({
      code: 'REQUEST_CANCELLED',
    });
  });
});

describe('a slow model', () => {
  test('does not keep the others from the threads', async () => {
    await using engine = await startTestEngine({ threads: 2 });
    const slow = Array.from({ length: 12 }, () => occupy(engine, 20));
    const fast = Array.from({ length: 8 }, (_, value) => echo(engine, value));
    await Promise.all([...slow, ...fast]);
    // one thread for each from the start: the echoes are done before the first slow batch of 80 ms
    expect(engine.told.batches.map(({ model }) => model)).toEqual(['echo', 'slow', 'slow', 'slow']);
  });
});
