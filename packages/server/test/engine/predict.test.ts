import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refusalOf, startTestEngine } from './support/test-engine.ts';

type TestEngine = Awaited<ReturnType<typeof startTestEngine>>;
let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

const echo = (value: number, rest: object = {}) =>
  engine.predict({ model: 'echo', input: { value }, ...rest });

describe('engine.predict', () => {
  test('answers with the output, the version that ran and the timings', async () => {
    const answer = await echo(4);
    expect(answer).toMatchObject({ version: '2', output: { multiple: 12 }, cached: false, batchSize: 1 });
    expect(answer.queueMs).toBeGreaterThanOrEqual(0);
    expect(answer.computeMs).toBeGreaterThan(0);
  });

  test('runs the version asked for, and the highest when none is', async () => {
    expect(await echo(4, { version: '1' })).toMatchObject({ version: '1', output: { multiple: 8 } });
    expect(await echo(4)).toMatchObject({ version: '2', output: { multiple: 12 } });
  });

  test('hands bytes to the pipeline and leaves them with the caller', async () => {
    const bytes = new Uint8Array(300_000).fill(7);
    const part = bytes.subarray(10, 20);
    const [all, some] = await Promise.all([
      engine.predict({ model: 'echo', version: '1', input: { value: 1, bytes } }),
      engine.predict({ model: 'echo', version: '1', input: { value: 1, bytes: part } }),
    ]);
    expect(all.output).toMatchObject({ byteCount: 600_000 });
    expect(some.output).toMatchObject({ byteCount: 20 });
    expect(bytes[299_999]).toBe(7);
  });

  test('gives out frozen outputs', async () => {
    const { output } = await echo(1);
    expect(Object.isFrozen(output)).toBe(true);
  });

  test('MODEL_NOT_FOUND and MODEL_VERSION_NOT_FOUND list what there is', async () => {
    expect(await refusalOf(engine.predict({ model: 'ecko', input: {} }))).toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: 'There is no model "ecko". Models: echo, fragile, heavy, slow.',
    });
    expect(await refusalOf(echo(1, { version: '9' }))).toMatchObject({
      code: 'MODEL_VERSION_NOT_FOUND',
      message: 'The model "echo" has no version "9". Versions: 1, 2.',
    });
  });

  test('calls of one turn leave in full batches, spread over the idle threads', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, value) => echo(value)));
    expect(answers.map(({ output }) => output)).toEqual(
      Array.from({ length: 40 }, (_, value) => ({ multiple: 3 * value, byteCount: 0 })),
    );
    expect(new Set(answers.map(({ batchSize }) => batchSize))).toEqual(new Set([8]));
  });

  test('two calls on two idle threads run side by side', async () => {
    const answers = await Promise.all([echo(1), echo(2)]);
    expect(answers.map(({ batchSize }) => batchSize)).toEqual([1, 1]);
  });

  test('an input that cannot be sent to a thread fails alone', async () => {
    const bad = engine.predict({ model: 'echo', input: { value: 1, note: () => {} } });
    const good = Array.from({ length: 5 }, (_, value) => echo(value));
    expect(await refusalOf(bad)).toMatchObject({ code: 'PREDICTION_FAILED' });
    expect((await Promise.all(good)).map(({ output }) => output)).toMatchObject(
      [0, 3, 6, 9, 12].map((multiple) => ({ multiple })),
    );
  });

  test('tells the observer of every batch', async () => {
    engine.told.batches.length = 0;
    await Promise.all(Array.from({ length: 16 }, (_, value) => echo(value)));
    expect(engine.told.batches).toMatchObject([
      { model: 'echo', version: '2', size: 8 },
      { model: 'echo', version: '2', size: 8 },
    ]);
    for (const { queueMs, runMs, computeMs } of engine.told.batches) {
      expect(queueMs).toBeGreaterThanOrEqual(0);
      expect(runMs).toBeGreaterThan(0);
      expect(computeMs).toBeGreaterThanOrEqual(runMs);
    }
  });
});

describe('engine.models', () => {
  test('tells each model, its versions and their tensors', () => {
    const [model] = engine.models();
    expect(model).toEqual({
      id: 'echo',
      defaultVersion: '2',
      batchSizeMax: 8,
      versions: ['1', '2'].map((version) => ({
        version,
        state: 'ready',
        inputs: [{ name: 'x', dtype: 'float32', dims: [null, 2] }],
        outputs: [{ name: 'y', dtype: 'float32', dims: [null, 2] }],
        sizeBytes: version === '1' ? 85 : 109,
      })),
    });
  });
});
