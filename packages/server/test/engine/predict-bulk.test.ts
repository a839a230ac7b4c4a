import { describe, expect, test } from 'vitest';
import type { BulkAnswer } from '../../src/engine/engine-types.ts';
import { startMicroEngine } from './support/micro-engine.ts';
import { createTestEngine, refusalOf, startTestEngine } from './support/test-engine.ts';

type TestEngine = Awaited<ReturnType<typeof startTestEngine>>;

const echoes = (count: number) => Array.from({ length: count }, (_, value) => ({ value }));
const bulk = (
  engine: Pick<TestEngine, 'predictBulk'>,
  model: string,
  inputs: readonly unknown[],
  rest = {},
) => engine.predictBulk({ model, inputs, ...rest });
/** The outputs, or the codes of what failed. */
const plain = (answers: readonly BulkAnswer[]) =>
  answers.map((answer) => (answer.ok ? answer.output : answer.error.code));

describe('predictBulk', () => {
  test('answers each input, in their order', async () => {
    await using engine = await startTestEngine();
    const answers = await bulk(engine, 'echo', echoes(5000));
    expect(plain(answers)).toEqual(echoes(5000).map(({ value }) => ({ multiple: 3 * value, byteCount: 0 })));
  });

  test('answers with the version that is asked for', async () => {
    await using engine = await startTestEngine();
    const answers = await bulk(engine, 'echo', [{ value: 2 }], { version: '1' });
    expect(plain(answers)).toEqual([{ multiple: 4, byteCount: 0 }]);
  });

  test('takes bytes, and gives none for no inputs', async () => {
    await using engine = await startTestEngine();
    const bytes = Uint8Array.of(1, 2, 3);
    expect(plain(await bulk(engine, 'echo', [{ value: 1, bytes }]))).toEqual([{ multiple: 3, byteCount: 9 }]);
    expect(bytes, 'the caller keeps its bytes').toHaveLength(3);
    expect(await bulk(engine, 'echo', [])).toEqual([]);
  });

  test('refuses what the contract refuses, as a live prediction does, and answers the others', async () => {
    await using engine = await startTestEngine();
    const answers = await bulk(engine, 'echo', [
      { value: 1 },
      { value: 'one', odd: true },
      null,
      { value: 4 },
    ]);
    expect(plain(answers)).toEqual([
      { multiple: 3, byteCount: 0 },
      'INPUT_INVALID',
      'INPUT_INVALID',
      { multiple: 12, byteCount: 0 },
    ]);
    expect(answers[1]).toMatchObject({
      error: {
        message:
          'The input is not valid. value: Invalid input: expected number, received string; Unrecognized key: "odd"',
        issues: [
          { path: ['value'], rule: 'invalid_type' },
          { path: [], rule: 'unrecognized_keys' },
        ],
      },
    });
  });

  test('tells its observer and its caller what it computed', async () => {
    const slices: { size: number; failed: number }[] = [];
    await using engine = await startTestEngine({ observer: { onSlice: (slice) => slices.push(slice) } });
    let computedMs = 0;
    const onComputed = (computeMs: number) => {
      computedMs += computeMs;
    };
    await bulk(engine, 'echo', [...echoes(99), {}], { onComputed });
    const sum = (key: 'size' | 'failed') => slices.reduce((total, slice) => total + slice[key], 0);
    expect([sum('size'), sum('failed')]).toEqual([100, 1]);
    expect(computedMs).toBeGreaterThan(0);
  });

  test('MODEL_NOT_FOUND, MODEL_VERSION_NOT_FOUND: the call as a whole is refused', async () => {
    await using engine = await startTestEngine();
    expect(await refusalOf(bulk(engine, 'none', []))).toMatchObject({ code: 'MODEL_NOT_FOUND' });
    const other = bulk(engine, 'echo', [], { version: '9' });
    expect(await refusalOf(other)).toMatchObject({ code: 'MODEL_VERSION_NOT_FOUND' });
  });
});

describe('one bad input', () => {
  test('fails alone, whatever it does wrong', async () => {
    await using engine = await startTestEngine();
    const mishaps = ['unusable', 'throws', 'odd-shape', 'run-fails', 'bad-output', 'postprocess-throws'];
    const inputs = mishaps.flatMap((mishap) => [{ value: 1, mishap }, { value: 2 }]);
    const failed = mishaps.map((mishap) => (mishap === 'unusable' ? 'INPUT_INVALID' : 'PREDICTION_FAILED'));
    expect(plain(await bulk(engine, 'fragile', inputs))).toEqual(
      failed.flatMap((code) => [code, { doubled: 4 }]),
    );
  });

  test.each([1, 2])(
    'that ends its thread is found out and gets WORKER_CRASHED, the others are answered (%s threads)',
    async (threads) => {
      await using engine = await startTestEngine({ threads });
      const isBad = (value: number) => value === 3 || value === 40;
      const inputs = echoes(50).map(({ value }) => ({ value, ...(isBad(value) && { mishap: 'exits' }) }));
      expect(plain(await bulk(engine, 'fragile', inputs))).toEqual(
        inputs.map(({ value }) => (isBad(value) ? 'WORKER_CRASHED' : { doubled: 2 * value })),
      );
    },
  );

  test('alone in its call is tried twice before it is blamed', async () => {
    await using engine = await startTestEngine({ threads: 1 });
    expect(plain(await bulk(engine, 'fragile', [{ value: 1, mishap: 'exits' }]))).toEqual(['WORKER_CRASHED']);
    expect(engine.told.exits).toEqual(['exit', 'exit']);
  });
});

describe('those who ask', () => {
  test('wait for one slice at most, on the one thread there is', async () => {
    await using engine = await startTestEngine({ threads: 1 });
    const inputs = echoes(400).map(({ value }) => ({ value, busyMs: 2 }));
    const order: string[] = [];
    const job = bulk(engine, 'slow', inputs).then(() => order.push('job'));
    for (const name of ['first', 'second', 'third']) {
      await engine.predict({ model: 'slow', input: { value: 1, busyMs: 0 } });
      order.push(name);
    }
    await job;
    expect(order).toEqual(['first', 'second', 'third', 'job']);
  });

  test('of a micro model are answered on the event loop', async () => {
    await using engine = await startMicroEngine();
    const job = bulk(engine, 'tiny', echoes(200));
    expect(await engine.tiny({ value: 21 })).toMatchObject({ output: { doubled: 42 } });
    expect(engine.ways()).toEqual(['inline']);
    expect(plain(await job)).toEqual(echoes(200).map(({ value }) => ({ doubled: 2 * value })));
  });
});

describe('a job that is stopped', () => {
  test('before it begins: nothing runs', async () => {
    await using engine = await startTestEngine();
    const job = bulk(engine, 'echo', echoes(10), { signal: AbortSignal.abort() });
    expect(await refusalOf(job)).toMatchObject({ code: 'REQUEST_CANCELLED' });
    expect(engine.stats()).toMatchObject({ running: 0, bulkInputs: 0 });
  });

  test('under way: at once, and what has not begun does not run', async () => {
    let ran = 0;
    await using engine = await startTestEngine({
      threads: 1,
      observer: {
        onSlice({ size }) {
          ran += size;
        },
      },
    });
    const stop = new AbortController();
    const inputs = echoes(2000).map(({ value }) => ({ value, busyMs: 1 }));
    const job = refusalOf(bulk(engine, 'slow', inputs, { signal: stop.signal }));
    await engine.predict({ model: 'slow', input: { value: 1, busyMs: 0 } });
    stop.abort();
    expect(await job).toMatchObject({ code: 'REQUEST_CANCELLED' });
    expect(engine.stats()).toMatchObject({ bulkInputs: 0 });
    // the thread is free again once the slice that was on it is done
    await engine.predict({ model: 'slow', input: { value: 1, busyMs: 0 } });
    expect(ran).toBeLessThan(1000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(engine.stats()).toMatchObject({ running: 0 });
  });
});

describe('a stopping engine', () => {
  test('answers what it accepted, and accepts nothing new', async () => {
    await using engine = await startTestEngine();
    const job = bulk(engine, 'echo', echoes(1000));
    const drained = engine.drain();
    expect(await refusalOf(bulk(engine, 'echo', echoes(1)))).toMatchObject({ code: 'SERVER_STOPPING' });
    await drained;
    expect(engine.stats()).toMatchObject({ bulkInputs: 0 });
    expect(await job).toHaveLength(1000);
  });

  test('that is closed ends the job', async () => {
    await using engine = await startTestEngine();
    const inputs = echoes(2000).map(({ value }) => ({ value, busyMs: 1 }));
    const job = refusalOf(bulk(engine, 'slow', inputs));
    await engine.predict({ model: 'slow', input: { value: 1, busyMs: 0 } });
    await engine.close();
    expect(await job).toMatchObject({ code: 'SERVER_STOPPING' });
  });

  test('that was never started refuses', async () => {
    const { engine } = createTestEngine();
    expect(await refusalOf(bulk(engine, 'echo', echoes(1)))).toMatchObject({ code: 'MODEL_NOT_READY' });
  });
});
