import type { Tensors } from '@oriel/schemas';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startMicroEngine } from './support/micro-engine.ts';
import { outcomesOf, refusalOf, startTestEngine } from './support/test-engine.ts';

type TestEngine = Awaited<ReturnType<typeof startTestEngine>>;

/** Rows of two numbers each, whose double is asked for. */
function pairs(values: readonly number[], dims = [values.length / 2, 2]): Tensors {
  return { x: { dtype: 'float32', dims, data: Float32Array.from(values) } };
}

/** Lets the calls made so far reach a thread or a queue. */
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const numbers = (count: number) => Array.from({ length: 2 * count }, (_, index) => index);
const doubled = (values: readonly number[]) => values.map((value) => 2 * value);

async function infer(engine: TestEngine, values: readonly number[], rest: object = {}) {
  const request = { model: 'tiny', inputs: pairs(values), rows: values.length / 2, ...rest };
  return (await engine.infer(request)).outputs.y;
}

describe('a micro model', () => {
  test('runs tensors as they are, in full batches on the event loop, and answers in their order', async () => {
    await using engine = await startMicroEngine();
    const y = await infer(engine, numbers(20));
    expect(y).toMatchObject({ dtype: 'float32', dims: [20, 2] });
    expect([...(y?.data ?? [])]).toEqual(doubled(numbers(20)));
    expect(engine.told.batches).toMatchObject([
      { size: 8, way: 'inline' },
      { size: 8, way: 'inline' },
      { size: 4, way: 'inline' },
    ]);
  });

  test('lets other requests in between two batches', async () => {
    await using engine = await startMicroEngine();
    const order: string[] = [];
    const call = infer(engine, numbers(40)).then(() => order.push('tensors'));
    const other = engine.tiny({ value: 100 }).then(() => order.push('one'));
    await Promise.all([call, other]);
    expect(order).toEqual(['one', 'tensors']);
  });

  test('stays on the event loop whatever callers send that the model cannot run', async () => {
    await using engine = await startMicroEngine();
    const wrong = { inputs: pairs(numbers(3), [2, 3]), rows: 2 };
    for (let call = 0; call < 12; call += 1)
      expect(await refusalOf(infer(engine, [], wrong))).toMatchObject({ code: 'INPUT_INVALID' });
    await engine.tiny({ value: 1 });
    expect(engine.ways()).toEqual(['inline']);
  });

  test('goes on on the threads when it has turned out not to be fit for the event loop', async () => {
    await using engine = await startMicroEngine();
    await engine.tiny({ value: 1, mishap: 'promise' });
    expect([...((await infer(engine, numbers(20)))?.data ?? [])]).toEqual(doubled(numbers(20)));
    expect(new Set(engine.ways())).toEqual(new Set(['thread']));
  });

  test.each([
    ['tensors', (engine: TestEngine) => infer(engine, numbers(1))],
    ['inputs', (engine: TestEngine) => engine.predictMany({ model: 'tiny', inputs: [{ value: 1 }] })],
  ])('that is asked for %s is asked live: jobs give way', async (_what, ask) => {
    await using engine = await startMicroEngine();
    expect(engine.isLive()).toBe(false);
    await ask(engine);
    expect(engine.isLive()).toBe(true);
  });

  test('no more than can be answered in time is accepted', async () => {
    await using engine = await startMicroEngine({ queueMsMax: 0 });
    const first = infer(engine, numbers(20));
    expect(await refusalOf(infer(engine, numbers(1)))).toMatchObject({ code: 'ENGINE_OVERLOADED' });
    expect((await first)?.dims).toEqual([20, 2]);
  });
});

describe('a model on the threads', () => {
  test('runs the rows of several calls together, and no contract with them', async () => {
    await using engine = await startTestEngine({ threads: 1 });
    const busy = engine.predict({ model: 'slow', input: { value: 0, busyMs: 100 } });
    const calls = [1, 2, 3].map((value) =>
      engine.infer({ model: 'echo', inputs: pairs([value, value]), rows: 1 }),
    );
    const answers = await Promise.all(calls);
    await busy;
    expect(answers.map(({ outputs: { y } }) => [...(y?.data ?? [])])).toEqual([
      [3, 3],
      [6, 6],
      [9, 9],
    ]);
    expect(engine.told.batches).toMatchObject([{ model: 'slow' }, { model: 'echo', size: 3, way: 'thread' }]);
  });

  test('one row that the model cannot run fails its call, and no other', async () => {
    await using engine = await startTestEngine({ threads: 1 });
    const fragile = (row: bigint) =>
      engine.infer({
        model: 'fragile',
        inputs: { ...pairs([1, 2]), row: { dtype: 'int64', dims: [1], data: BigInt64Array.of(row) } },
        rows: 1,
      });
    expect(await outcomesOf([fragile(1n), fragile(99n), fragile(2n)])).toEqual(['ok', 'INPUT_INVALID', 'ok']);
  });

  test('answers with the version that is asked for', async () => {
    await using engine = await startTestEngine();
    const answer = await engine.infer({ model: 'echo', version: '1', inputs: pairs([1, 2]), rows: 1 });
    expect(answer).toMatchObject({ version: '1', outputs: { y: { dims: [1, 2] } } });
    expect([...(answer.outputs.y?.data ?? [])]).toEqual([2, 4]);
    expect(engine.signatureOf('echo', '2')).toMatchObject({ version: '2', inputs: [{ name: 'x' }] });
  });

  test('takes no more of the queue than keeps the threads busy, and is refused when that is full', async () => {
    await using engine = await startTestEngine({ threads: 1, queueItemsMax: 8 });
    const busy = engine.predict({ model: 'slow', input: { value: 0, busyMs: 150 } });
    await nextTurn();
    const row = () => engine.infer({ model: 'echo', inputs: pairs([1, 1]), rows: 1 });
    const calls = [
      engine.infer({ model: 'echo', inputs: pairs(numbers(30)), rows: 30 }),
      ...Array.from({ length: 7 }, row),
    ];
    await nextTurn();
    expect(engine.refuseInferNow('echo', undefined)).toMatchObject({ code: 'ENGINE_OVERLOADED' });
    calls.push(row());
    expect(await outcomesOf(calls)).toEqual([...Array(8).fill('ok'), 'ENGINE_OVERLOADED']);
    expect(engine.refuseInferNow('echo', undefined)).toBeNull();
    await busy;
  });
});

test('tensors and inputs share the room there is for what waits for a model', async () => {
  await using engine = await startTestEngine({ threads: 1, queueItemsMax: 8 });
  const busy = engine.predict({ model: 'slow', input: { value: 0, busyMs: 150 } });
  await nextTurn();
  const rows = [1, 2, 3, 4, 5].map((value) =>
    engine.infer({ model: 'echo', inputs: pairs([value, value]), rows: 1 }),
  );
  await nextTurn();
  const inputs = [1, 2, 3, 4].map((value) => engine.predict({ model: 'echo', input: { value } }));
  expect(engine.stats().queued).toBe(8);
  expect(engine.refuseNow('echo')).toMatchObject({ code: 'ENGINE_OVERLOADED' });
  expect(engine.refuseInferNow('echo', undefined)).toMatchObject({ code: 'ENGINE_OVERLOADED' });
  expect(await outcomesOf([...rows, ...inputs])).toEqual([...Array(8).fill('ok'), 'ENGINE_OVERLOADED']);
  await busy;
  expect(engine.stats().queued).toBe(0);
});

describe.each([true, false])('a call that comes to nothing (micro: %s)', (microModels) => {
  test.each([
    ['REQUEST_CANCELLED', () => ({ signal: AbortSignal.abort() })],
    ['DEADLINE_EXCEEDED', () => ({ deadlineAt: performance.now() - 1 })],
    ['MODEL_VERSION_NOT_FOUND', () => ({ version: '7' })],
  ])('%s: nothing runs', async (code, rest) => {
    await using engine = await startMicroEngine({ microModels });
    expect(await refusalOf(infer(engine, numbers(20), rest()))).toMatchObject({ code });
    expect(engine.told.batches).toEqual([]);
  });

  test('a stopping engine answers what it accepted, and takes no more', async () => {
    await using engine = await startMicroEngine({ microModels });
    const call = infer(engine, numbers(100));
    const drained = engine.drain();
    expect(await refusalOf(infer(engine, numbers(1)))).toMatchObject({ code: 'SERVER_STOPPING' });
    expect((await call)?.dims).toEqual([100, 2]);
    await drained;
  });
});

test('any split of rows into calls gives the same, wherever they run', async () => {
  await using inline = await startMicroEngine();
  await using threads = await startMicroEngine({ microModels: false });
  const rows = fc.array(fc.tuple(fc.float({ noNaN: true }), fc.float({ noNaN: true })), {
    minLength: 1,
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(rows, fc.array(fc.nat(39)), async (values, cuts) => {
      const places = [...new Set([0, ...cuts.filter((cut) => cut < values.length), values.length])];
      const ends = places.toSorted((a, b) => a - b);
      const parts = ends.slice(1).map((end, index) => values.slice(ends[index], end).flat());
      for (const engine of [inline, threads]) {
        const answers = await Promise.all(parts.map((part) => infer(engine, part)));
        const found = answers.flatMap((y) => [...(y?.data ?? [])]);
        expect(found).toEqual([...Float32Array.from(doubled(values.flat()))]);
      }
    }),
    { numRuns: 60 },
  );
});
