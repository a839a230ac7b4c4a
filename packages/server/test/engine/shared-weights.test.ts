import { expect, test } from 'vitest';
import * as sharedModels from './support/shared-models/registry.ts';
import { refusalOf, startTestEngine } from './support/test-engine.ts';

const folder = new URL('./support/shared-models/', import.meta.url);
const start = () =>
  startTestEngine({ models: sharedModels, registry: new URL('registry.ts', folder), modelsFolder: folder });

test('a model with weights in a file of its own is served, and its size is that of both', async () => {
  await using engine = await start();
  const answer = await engine.predict({ model: 'shared', version: '1', input: { value: 3 } });
  expect(answer.output).toEqual({ product: 3 * 255 });
  expect(engine.models()[0]?.versions[0]).toMatchObject({ state: 'ready', sizeBytes: 1024 + 158 });
});

test('one whose weights lie outside of its folder is not loaded, and says why', async () => {
  await using engine = await start();
  const reason = /"\.\.\/1\/weights\.bin", which is outside of its folder/;
  expect(engine.models()[0]?.versions[1]).toMatchObject({
    state: 'failed',
    reason: expect.stringMatching(reason),
  });
  const error = await refusalOf(engine.predict({ model: 'shared', version: '2', input: { value: 3 } }));
  expect(error).toMatchObject({ code: 'MODEL_NOT_READY', message: expect.stringMatching(reason) });
});
