import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listVersions } from './model-repository.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oriel-models-'));
  for (const name of ['1', '2', '10', '0', '01', 'train', 'v3'])
    await mkdir(join(folder, 'penguins', name), { recursive: true });
  for (const name of ['1', '10']) await writeFile(join(folder, 'penguins', name, 'model.onnx'), 'model');
  await writeFile(join(folder, 'penguins', '3'), 'a file, no folder');
});
afterAll(() => rm(folder, { recursive: true }));

describe('listVersions', () => {
  test('the folders named by whole numbers, oldest first by number', async () => {
    const versions = await listVersions(pathToFileURL(`${folder}/`), 'penguins');
    expect(versions.map(({ version }) => version)).toEqual(['1', '2', '10']);
  });

  test('a version without model.onnx has no size', async () => {
    const versions = await listVersions(pathToFileURL(`${folder}/`), 'penguins');
    expect(versions.map(({ sizeBytes }) => sizeBytes)).toEqual([5, null, 5]);
  });

  test('a model without a folder has no versions', async () => {
    expect(await listVersions(pathToFileURL(`${folder}/`), 'walruses')).toEqual([]);
  });
});
