import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { AnyContract } from '@oriel/schemas';
import { afterAll, expect, test } from 'vitest';
import { onnxBytes } from '../support/onnx-fixture.ts';
import { startTestApp } from '../support/test-app.ts';
import { codeBlocks } from './markdown.ts';

const folder = await mkdtemp(fileURLToPath(new URL('../run-', import.meta.url)));
afterAll(() => rm(folder, { recursive: true, force: true }));

test('docs/serve-your-own-model.md, word for word, serves a model', async () => {
  const [contract = '', pipeline = '', line = ''] = codeBlocks('docs/serve-your-own-model.md', 'ts');
  const models = pathToFileURL(`${folder}/`);
  await mkdir(new URL('doubler/', models), { recursive: true });
  await writeFile(new URL('doubler/contract.ts', models), contract);
  await writeFile(new URL('doubler/pipeline.ts', models), pipeline);
  await writeFile(new URL('registry.ts', models), line);
  // its paths begin at the root of the repository
  const [file = ''] = codeBlocks('docs/serve-your-own-model.md', 'sh');
  await promisify(execFile)('sh', ['-ec', file], { cwd: folder });
  await rename(new URL('models/doubler/1/', models), new URL('doubler/1/', models));

  const registry: Record<string, AnyContract> = await import(new URL('registry.ts', models).href);
  const app = await startTestApp({}, { contracts: { ...registry }, modelsFolder: models });
  try {
    const { status, body } = await app.post('/api/v1/models/doubler/predict', { x: 21 });
    expect([status, body]).toMatchObject([200, { output: { y: 42 } }]);
    const refused = await app.post('/api/v1/models/doubler/predict', { x: 'twenty-one' });
    expect([refused.status, refused.body]).toMatchObject([400, { issues: [{ path: ['x'] }] }]);
  } finally {
    await app.close();
  }
});

test('a model that does not agree with its contract makes the server not ready, and says what differs', async () => {
  const models = pathToFileURL(`${folder}/`);
  await writeFile(
    new URL('doubler/1/model.onnx', models),
    onnxBytes({
      inputs: [{ name: 'number', dtype: 'float32', dims: ['batch', 1] }],
      outputs: [{ name: 'y', dtype: 'float32', dims: ['batch', 1] }],
      nodes: [{ op: 'Add', inputs: ['number', 'number'], outputs: ['y'] }],
    }),
  );
  const registry: Record<string, AnyContract> = await import(new URL('registry.ts', models).href);
  const app = await startTestApp({}, { contracts: { ...registry }, modelsFolder: models });
  try {
    const ready = await app.send('/health/ready');
    expect([ready.status, ready.text]).toEqual([503, expect.stringContaining('doubler@1')]);
    expect(ready.text).toMatch(/number/);
    const { status, body } = await app.post('/api/v1/models/doubler/predict', { x: 21 });
    expect([status, body]).toMatchObject([503, { code: 'MODEL_NOT_READY' }]);
  } finally {
    await app.close();
  }
});
