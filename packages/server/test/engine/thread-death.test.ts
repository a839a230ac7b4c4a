import { describe, expect, test } from 'vitest';
import type { Mishap } from '../support/models/fragile/contract.ts';
import { outcomesOf, refusalOf, startTestEngine } from './support/test-engine.ts';

type TestEngine = Awaited<ReturnType<typeof startTestEngine>>;

const fragile = (engine: TestEngine, value: number, mishap?: Mishap) =>
  engine.predict({ model: 'fragile', input: { value, mishap } });

/** Calls echo from a number of callers until `until` settles; gives how often, and fails with the first refusal. */
async function loadUntil(engine: TestEngine, callers: number, until: Promise<unknown>): Promise<number> {
  let answered = 0;
  const over = new AbortController();
  const loop = async () => {
    for (let value = 0; !over.signal.aborted; value += 1) {
      const { output } = await engine.predict({ model: 'echo', input: { value } });
      expect(output).toMatchObject({ multiple: 3 * value });
      answered += 1;
    }
  };
  const stop = until.finally(() => over.abort());
  await Promise.all([...Array.from({ length: callers }, loop), stop]);
  return answered;
}

describe('a thread that ends', () => {
  const deaths: [Mishap, string][] = [
    ['exits', 'exit'],
    ['throws-outside', 'error'],
    ['exhausts-heap', 'heap'],
    ['exhausts-heap-in-strides', 'heap'],
    ['leaks', 'heap'],
  ];

  test.each(deaths)(
    '%s: the culprit gets WORKER_CRASHED, its batch and all others are answered',
    async (mishap, reason) => {
      await using engine = await startTestEngine({ threads: 2, threadHeapMb: 32 });
      const batch = [0, 1, 2, 3, 4, 5, 6, 7].map((value) =>
        fragile(engine, value, value === 3 ? mishap : undefined),
      );
      const answered = await loadUntil(engine, 16, Promise.allSettled(batch));
      expect(await outcomesOf(batch)).toEqual(['ok', 'ok', 'ok', 'WORKER_CRASHED', 'ok', 'ok', 'ok', 'ok']);
      expect(answered).toBeGreaterThan(0);
      expect(engine.told.exits).toEqual([reason, reason]);
    },
  );

  test('never takes the last one with it: while the culprit is found out, another thread serves', async () => {
    const readyAtExits: number[] = [];
    await using engine = await startTestEngine({
      observer: { onThreadExit: () => readyAtExits.push(engine.stats().threadsReady) },
    });
    const batch = [0, 1, 2, 3].map((value) => fragile(engine, value, value % 2 === 0 ? 'exits' : undefined));
    expect(await outcomesOf(batch)).toEqual(['WORKER_CRASHED', 'ok', 'WORKER_CRASHED', 'ok']);
    expect(readyAtExits.length).toBeGreaterThanOrEqual(3);
    expect(Math.min(...readyAtExits.slice(2))).toBe(1);
  });

  test('is replaced by one that serves every model', async () => {
    await using engine = await startTestEngine({ threads: 1 });
    expect(await outcomesOf([fragile(engine, 1, 'exits')])).toEqual(['WORKER_CRASHED']);
    expect(await fragile(engine, 2)).toMatchObject({ output: { doubled: 4 } });
    expect(await engine.predict({ model: 'echo', input: { value: 1 } })).toMatchObject({ version: '2' });
    expect(engine.stats()).toMatchObject({ threads: 1, threadsReady: 1 });
  });

  test('the message says not to send the input again, and nothing internal', async () => {
    await using engine = await startTestEngine({ threads: 1 });
    const error = await refusalOf(fragile(engine, 1, 'throws-outside'));
    expect(error.message).toBe(
      'This input twice made the thread that runs the model "fragile" end. Do not send the same input again.',
    );
  });

  test('an error left behind by an answered input ends an idle thread and blames nobody', async () => {
    await using engine = await startTestEngine({ threads: 1 });
    const exit = engine.nextExit();
    expect(await fragile(engine, 1, 'leaves-error-behind')).toMatchObject({ output: { doubled: 2 } });
    await exit;
    expect(engine.told.exits).toEqual(['error']);
    expect(await fragile(engine, 2)).toMatchObject({ output: { doubled: 4 } });
  });

  test('many inputs that end their threads, among good ones: each gets its own answer', async () => {
    await using engine = await startTestEngine({ threads: 2 });
    const isBad = (value: number) => value % 20 === 7;
    const calls = Array.from({ length: 60 }, (_, value) =>
      fragile(engine, value, isBad(value) ? 'exits' : undefined),
    );
    expect(await outcomesOf(calls)).toEqual(
      calls.map((_, value) => (isBad(value) ? 'WORKER_CRASHED' : 'ok')),
    );
  });
});

describe('a thread that is stuck', () => {
  test.each<Mishap>(['hangs', 'never-resolves'])(
    '%s: it is ended, only the culprit fails',
    async (mishap) => {
      await using engine = await startTestEngine({ threads: 1, stuckMs: 2000 });
      const calls = [0, 1, 2].map((value) => fragile(engine, value, value === 1 ? mishap : undefined));
      expect(await outcomesOf(calls)).toEqual(['ok', 'WORKER_CRASHED', 'ok']);
      expect(engine.told.exits).toEqual(['stuck', 'stuck']);
    },
  );

  test('inside ONNX Runtime it is left alone, and said; the other thread serves on', async () => {
    await using engine = await startTestEngine({ threads: 2, stuckMs: 1500 });
    const isSaid = () =>
      engine.told.logs.some(
        ({ message }) =>
          message === 'a model thread does not come out of ONNX Runtime; it cannot be ended there',
      );
    // until it takes long enough, on machines that are quick too: each takes three times as long as the one before
    for (let size = 2600; !isSaid() && size < 9000; size = Math.round(1.45 * size)) {
      const long = engine.predict({ model: 'heavy', input: { size } });
      const answered = await loadUntil(engine, 4, long);
      expect(await long).toMatchObject({ batchSize: 1 });
      expect(answered).toBeGreaterThan(0);
    }
    expect(isSaid()).toBe(true);
    expect(engine.told.exits).toEqual([]);
  });
});
