import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { startMicroEngine, type TinyInput } from './support/micro-engine.ts';
import { refusalOf, startTestEngine } from './support/test-engine.ts';

type MicroEngine = Awaited<ReturnType<typeof startMicroEngine>>;
type Outcomes = Awaited<ReturnType<MicroEngine['predictMany']>>;

const many = (engine: MicroEngine, inputs: readonly TinyInput[], rest: object = {}) =>
  engine.predictMany({ model: 'tiny', inputs, ...rest });
const numbers = (count: number): TinyInput[] => Array.from({ length: count }, (_, value) => ({ value }));
/** The outputs, or the codes of what failed. */
const plain = (outcomes: Outcomes) =>
  outcomes.map((outcome) => (outcome instanceof AppError ? outcome.code : outcome.output));

describe('a micro model', () => {
  test('answers in the order of the inputs, in full batches on the event loop', async () => {
    await using engine = await startMicroEngine();
    expect(plain(await many(engine, numbers(20)))).toEqual(
      numbers(20).map((n) => ({ doubled: 2 * n.value })),
    );
    expect(engine.told.batches).toMatchObject([
      { size: 8, way: 'inline' },
      { size: 8, way: 'inline' },
      { size: 4, way: 'inline' },
    ]);
  });

  test('lets other requests in between two batches', async () => {
    await using engine = await startMicroEngine();
    const order: string[] = [];
    const call = many(engine, numbers(40)).then(() => order.push('many'));
    const other = engine.tiny({ value: 100 }).then(() => order.push('one'));
    await Promise.all([call, other]);
    expect(order).toEqual(['one', 'many']);
  });

  test('goes on on the threads when it turns out not to be fit for the event loop', async () => {
    await using engine = await startMicroEngine();
    const inputs: TinyInput[] = numbers(20).map((n, index) =>
      index === 9 ? { ...n, mishap: 'promise' } : n,
    );
    expect(plain(await many(engine, inputs))).toEqual(numbers(20).map((n) => ({ doubled: 2 * n.value })));
    expect(engine.ways()[0]).toBe('inline');
    expect(new Set(engine.ways().slice(1))).toEqual(new Set(['thread']));
  });

  test.each([
    ['REQUEST_CANCELLED', () => ({ signal: AbortSignal.abort() })],
    ['DEADLINE_EXCEEDED', () => ({ deadlineAt: performance.now() - 1 })],
  ])('%s: the call ends, and nothing runs', async (code, rest) => {
    await using engine = await startMicroEngine();
    expect(await refusalOf(many(engine, numbers(20), rest()))).toMatchObject({ code });
    expect(engine.told.batches).toEqual([]);
  });

  test('no more than can be answered in time is accepted', async () => {
    await using engine = await startMicroEngine({ queueMsMax: 0 });
    const first = many(engine, numbers(20));
    expect(await refusalOf(many(engine, numbers(1)))).toMatchObject({ code: 'ENGINE_OVERLOADED' });
    expect(await first).toHaveLength(20);
    expect(await many(engine, numbers(1))).toHaveLength(1);
  });
});

describe('a model on the threads', () => {
  test('answers in the order of the inputs', async () => {
    await using engine = await startTestEngine();
    const inputs = Array.from({ length: 50 }, (_, value) => ({ value }));
    const outcomes = await engine.predictMany({ model: 'echo', inputs });
    expect(plain(outcomes)).toMatchObject(inputs.map(({ value }) => ({ multiple: 3 * value })));
  });

  test('takes no more of the queue than keeps the threads busy: others are let in', async () => {
    await using engine = await startTestEngine({ threads: 1, queueItemsMax: 40 });
    const inputs = Array.from({ length: 100 }, (_, value) => ({ value }));
    const call = engine.predictMany({ model: 'echo', inputs });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await engine.predict({ model: 'echo', input: { value: 1 } })).toBeDefined();
    expect(await call).toHaveLength(100);
  });
});

describe('a stopping engine', () => {
  test.each([true, false])(
    'answers a call that it accepted to its last input (micro: %s)',
    async (microModels) => {
      await using engine = await startMicroEngine({ microModels });
      const call = many(engine, numbers(100));
      const drained = engine.drain();
      expect(await refusalOf(many(engine, numbers(1)))).toMatchObject({ code: 'SERVER_STOPPING' });
      expect(await call).toHaveLength(100);
      await drained;
    },
  );

  test('that is closed ends the call', async () => {
    await using engine = await startMicroEngine();
    const call = refusalOf(many(engine, numbers(100)));
    await engine.close();
    expect(await call).toMatchObject({ code: 'SERVER_STOPPING' });
  });
});

test('gives what single predictions give, whatever the inputs and wherever they run', async () => {
  await using inline = await startMicroEngine();
  await using threads = await startMicroEngine({ microModels: false });
  const mishap = fc.constantFrom(undefined, undefined, undefined, 'unusable' as const, 'odd-shape' as const);
  const input = fc
    .record({ value: fc.integer({ min: -1000, max: 1000 }), mishap })
    .map(({ value, mishap }): TinyInput => ({ value, ...(mishap && { mishap }) }));
  await fc.assert(
    fc.asyncProperty(fc.array(input, { minLength: 1, maxLength: 40 }), async (inputs) => {
      const singles = await Promise.allSettled(inputs.map((each) => threads.tiny(each)));
      const expected = singles.map((each) =>
        each.status === 'fulfilled' ? each.value.output : (each.reason as AppError).code,
      );
      expect(plain(await many(inline, inputs))).toEqual(expected);
      expect(plain(await many(threads, inputs))).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});
