import { describe, expect, test } from 'vitest';
import { startMicroEngine, type TinyInput } from './support/micro-engine.ts';
import { outcomesOf, refusalOf } from './support/test-engine.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('a micro model', () => {
  test('answers on the event loop, as it does on a thread', async () => {
    await using inline = await startMicroEngine();
    await using threads = await startMicroEngine({ microModels: false });
    const [here, there] = await Promise.all([inline.tiny({ value: 21 }), threads.tiny({ value: 21 })]);
    expect(here).toMatchObject({ output: { doubled: 42 }, version: '1', cached: false, batchSize: 1 });
    expect(here.output).toEqual(there.output);
    expect(Object.isFrozen(here.output)).toBe(true);
    expect([inline.ways(), threads.ways()]).toEqual([['inline'], ['thread']]);
  });

  test('the calls of one turn run together, a full batch a turn, in order', async () => {
    await using engine = await startMicroEngine();
    const order: number[] = [];
    const calls = Array.from({ length: 20 }, async (_, value) => {
      const { output } = await engine.tiny({ value });
      order.push(value);
      return output;
    });
    expect(await Promise.all(calls)).toEqual(
      Array.from({ length: 20 }, (_, value) => ({ doubled: 2 * value })),
    );
    expect(order).toEqual(Array.from({ length: 20 }, (_, value) => value));
    expect(engine.told.batches.map(({ size }) => size)).toEqual([8, 8, 4]);
  });

  test('bulk work goes to the threads', async () => {
    await using engine = await startMicroEngine();
    await engine.tiny({ value: 1 }, { priority: 'low' });
    expect(engine.ways()).toEqual(['thread']);
  });

  test('more than may wait is refused', async () => {
    await using engine = await startMicroEngine({ queueItemsMax: 3 });
    const calls = [1, 2, 3, 4].map((value) => engine.tiny({ value }));
    expect(engine.stats()).toMatchObject({ queued: 3 });
    expect(await outcomesOf(calls)).toEqual(['ok', 'ok', 'ok', 'ENGINE_OVERLOADED']);
  });

  test('an equal input is computed again, which costs no more than to look it up', async () => {
    await using engine = await startMicroEngine({ cacheEntriesMax: 10 });
    const [one, other] = await Promise.all([engine.tiny({ value: 3 }), engine.tiny({ value: 3 })]);
    expect([one.cached, other.cached, engine.told.batches.length]).toEqual([false, false, 1]);
    expect(await engine.tiny({ value: 3 })).toMatchObject({ cached: false, output: one.output });
    expect(engine.stats().cacheEntries).toBe(0);
  });
});

describe('one bad item fails alone', () => {
  test.each(['unusable', 'throws', 'odd-shape', 'bad-output'] as const)('%s', async (mishap) => {
    await using engine = await startMicroEngine();
    const inputs: TinyInput[] = [{ value: 0 }, { value: 1, mishap }, { value: 2 }];
    const code = mishap === 'unusable' ? 'INPUT_INVALID' : 'PREDICTION_FAILED';
    expect(await outcomesOf(inputs.map((input) => engine.tiny(input)))).toEqual(['ok', code, 'ok']);
    expect(engine.ways()).toEqual(['inline']);
  });

  test('nothing internal is told', async () => {
    await using engine = await startMicroEngine();
    const error = await refusalOf(engine.tiny({ value: 1, mishap: 'throws' }));
    expect(error.message).not.toContain('secret');
    expect(error.cause).toMatchObject({ message: 'preprocess: secret of preprocess' });
  });
});

describe('a caller that is late or leaves before its turn', () => {
  test('its item never runs', async () => {
    await using engine = await startMicroEngine();
    const leaving = new AbortController();
    const late = performance.now() + 5;
    const calls = [
      engine.tiny({ value: 1 }, { signal: leaving.signal }),
      engine.tiny({ value: 2 }, { deadlineAt: late }),
      engine.tiny({ value: 3 }),
    ];
    leaving.abort();
    while (performance.now() <= late);
    expect(await outcomesOf(calls)).toEqual(['REQUEST_CANCELLED', 'DEADLINE_EXCEEDED', 'ok']);
    expect(engine.told.batches).toMatchObject([{ size: 1 }]);
  });

  test('a stopping engine answers what waits', async () => {
    await using engine = await startMicroEngine();
    const call = engine.tiny({ value: 1 });
    const drained = engine.drain();
    expect(await outcomesOf([call, engine.tiny({ value: 2 })])).toEqual(['ok', 'SERVER_STOPPING']);
    await drained;
    await using closed = await startMicroEngine();
    const left = outcomesOf([closed.tiny({ value: 1 })]);
    await closed.close();
    expect(await left).toEqual(['SERVER_STOPPING']);
    await nextTurn();
    expect(closed.told.batches).toEqual([]);
  });
});

describe('a model that is not fit for the event loop goes to the threads for good', () => {
  test('one that is not synchronous: at once, and its items are answered there', async () => {
    const demoted: string[] = [];
    await using engine = await startMicroEngine({
      observer: { onMicroModelDemoted: ({ model, version }) => demoted.push(`${model}@${version}`) },
    });
    const calls = [{ value: 1 }, { value: 2, mishap: 'promise' } as const, { value: 3 }];
    expect(await outcomesOf(calls.map((input) => engine.tiny(input)))).toEqual(['ok', 'ok', 'ok']);
    expect(demoted).toEqual(['tiny@1']);
    expect(engine.said(/leaves the event loop/)).toMatchObject([
      { level: 'warn', fields: { model: 'tiny', version: '1', reason: 'preprocess gave a promise' } },
    ]);
  });

  test('one that keeps failing', async () => {
    await using engine = await startMicroEngine();
    for (let i = 0; i < 12; i += 1) await outcomesOf([engine.tiny({ value: i, mishap: 'throws' })]);
    expect(engine.ways()).toEqual([...Array(10).fill('inline'), 'thread', 'thread']);
  });

  test('but not one whose full batches are slow: it runs in smaller ones', async () => {
    await using engine = await startMicroEngine();
    const rounds = async (count: number, busyMs: number) => {
      for (let round = 0; round < count; round += 1)
        await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((value) => engine.tiny({ value, busyMs })));
    };
    // ten batches of eight, then as many of four, each over a millisecond: not enough to complain of twos
    await rounds(15, 1);
    await rounds(10, 0);
    expect(new Set(engine.ways())).toEqual(new Set(['inline']));
    const sizes = engine.told.batches.map(({ size }) => size);
    expect([sizes[0], sizes.at(-1)]).toEqual([8, 2]);
    expect(engine.said(/smaller batches/)).toMatchObject([
      { fields: { batchSizeMax: 4 } },
      { fields: { batchSizeMax: 2 } },
    ]);
  });

  test('unusable inputs are the callers’ fault: it stays', async () => {
    await using engine = await startMicroEngine();
    for (let i = 0; i < 12; i += 1) await outcomesOf([engine.tiny({ value: i, mishap: 'unusable' })]);
    expect(new Set(engine.ways())).toEqual(new Set(['inline']));
  });

  test('one that is slow: a very long run is enough', async () => {
    await using engine = await startMicroEngine();
    await engine.tiny({ value: 1, busyMs: 300 });
    expect(await engine.tiny({ value: 2 })).toMatchObject({ output: { doubled: 4 } });
    expect(engine.ways()).toEqual(['inline', 'thread']);
  });
});
