import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../config.ts';
import { openStorage } from './open-storage.ts';

async function* rows() {
  yield Buffer.from('rows');
}

test('blobs are under the data folder when no bucket is set', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'oriel-open-'));
  const storage = await openStorage(readConfig({ ORIEL_DATA_DIR: folder }));
  const { sha256 } = await storage.write(rows());
  expect(await readdir(join(folder, 'blobs', sha256.slice(0, 2)))).toEqual([sha256]);
  await rm(folder, { recursive: true });
});

test('blobs are in the bucket when one is set, and nothing is asked before it is needed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'oriel-open-'));
  const storage = await openStorage(
    readConfig({
      ORIEL_DATA_DIR: folder,
      ORIEL_S3_BUCKET: 'oriel-data',
      // nobody listens there
      ORIEL_S3_ENDPOINT: 'http://127.0.0.1:9',
      ORIEL_S3_ACCESS_KEY_ID: 'id',
      ORIEL_S3_SECRET_ACCESS_KEY: 'secret',
    }),
  );
  await expect(storage.ping()).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
  await rm(folder, { recursive: true });
});

test('what killed processes left half done goes when another starts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'oriel-open-'));
  const [old, fresh] = [join(folder, 'work', 'old'), join(folder, 'work', 'fresh')];
  await mkdir(join(old, 'parts'), { recursive: true });
  await mkdir(fresh);
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await utimes(old, anHourAgo, anHourAgo);
  await openStorage(readConfig({ ORIEL_DATA_DIR: folder }));
  expect(await readdir(join(folder, 'work'))).toEqual(['fresh']);
  await rm(folder, { recursive: true });
});
