import type { AnyContract } from '@oriel/schemas';
import { describe, expect, test } from 'vitest';
import * as brokenModels from '../support/models/broken-registry.ts';
import { createTestEngine, outcomesOf, refusalOf, startTestEngine } from './support/test-engine.ts';

const broken = {
  models: brokenModels as Readonly<Record<string, AnyContract>>,
  registryFile: 'broken-registry.ts',
  stuckMs: 4000,
};

describe('engine.start', () => {
  test('a model that cannot be served says why, and keeps none of the others from being served', async () => {
    await using engine = await startTestEngine(broken);
    const reasons = Object.fromEntries(
      engine.models().map(({ id, versions }) => [id, versions.map(({ state, reason }) => reason ?? state)]),
    );
    expect(reasons).toEqual({
      echo: ['ready', 'ready'],
      'bad-example': [
        expect.stringContaining('bad-example@1: the contract refuses its own example "no number": value: '),
      ],
      'ends-at-load': ['ends-at-load@1: its thread ended (exit) while loading it'],
      garbage: [expect.stringMatching(/^garbage@1: .*model\.onnx/)],
      'hangs-at-load': ['hangs-at-load@1: its thread ended (stuck) while loading it'],
      mismatch: [
        'mismatch@1: input "x" is float32[batch, 3] in model.onnx, but the pipeline feeds float32[batch, 2]; ' +
          'output "y" is float32[batch, 3] in model.onnx, but the pipeline reads float32[batch, 2]',
      ],
      'no-file': ['no-file@1: there is no file no-file/1/model.onnx'],
      'no-folder': [],
    });
    expect(await engine.predict({ model: 'echo', input: { value: 1 } })).toMatchObject({
      output: { multiple: 3 },
    });
    expect(await refusalOf(engine.predict({ model: 'mismatch', input: { value: 1 } }))).toMatchObject({
      code: 'MODEL_NOT_READY',
      message: expect.stringContaining('but the pipeline feeds float32[batch, 2]'),
    });
    expect(await refusalOf(engine.predict({ model: 'no-folder', input: { value: 1 } }))).toMatchObject({
      code: 'MODEL_NOT_READY',
      message:
        'The model "no-folder" is not ready: its folder holds no version such as no-folder/1/model.onnx.',
    });
  });

  test('predictions before it is done are refused as not ready', async () => {
    const { engine } = createTestEngine();
    const starting = engine.start();
    expect(await refusalOf(engine.predict({ model: 'echo', input: { value: 1 } }))).toMatchObject({
      code: 'MODEL_NOT_READY',
    });
    await starting;
    expect(await engine.predict({ model: 'echo', input: { value: 1 } })).toMatchObject({ version: '2' });
    await engine.close();
  });
});

describe('engine.drain and engine.close', () => {
  test('drain under load: everything accepted is answered, everything later refused', async () => {
    await using engine = await startTestEngine({ threads: 2 });
    let answered = 0;
    for (let value = 0; value < 200; value += 1) {
      void engine.predict({ model: 'echo', input: { value } }).then(() => (answered += 1));
    }
    void engine.predict({ model: 'heavy', input: { size: 800 } }).then(() => (answered += 1));
    const drained = engine.drain();
    const late = engine.predict({ model: 'echo', input: { value: 0 } });
    expect(await refusalOf(late)).toMatchObject({ code: 'SERVER_STOPPING' });
    expect(answered).toBe(0);
    await drained;
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(201);
    expect(engine.stats()).toMatchObject({ queued: 0 });
  });

  test('close while sessions run on all threads, of different length: the process lives, nobody is left waiting', async () => {
    const engine = await startTestEngine({ threads: 2 });
    const running = [900, 2000].map((size) => engine.predict({ model: 'heavy', input: { size } }));
    const queued = engine.predict({ model: 'echo', input: { value: 1 } });
    await new Promise((resolve) => setImmediate(resolve));
    const closing = engine.close();
    expect(await outcomesOf([...running, queued])).toEqual([
      'SERVER_STOPPING',
      'SERVER_STOPPING',
      'SERVER_STOPPING',
    ]);
    await closing;
    expect(engine.told.exits).toEqual([]);
  });

  test('close while the models are being loaded', async () => {
    const { engine } = createTestEngine();
    const starting = engine.start();
    await engine.close();
    await starting;
  });
});
