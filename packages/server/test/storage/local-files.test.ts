import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlobStorage } from '../../src/storage/blob-storage.ts';
import { absent, chunks, daysAgo, sha256Of, textOf } from './support/blobs.ts';
import { type Place, places } from './support/storages.ts';

describe.each(places)('files of this machine for blobs in %s', (_name, createPlace) => {
  let place: Place;
  let storage: BlobStorage;

  beforeAll(async () => {
    place = await createPlace();
    storage = place.open();
  });
  afterAll(() => place.close());

  test('opens a blob as a file of this machine', async () => {
    const bytes = randomBytes(200_000);
    const { sha256 } = await storage.write(chunks(bytes));
    const files = await Promise.all([1, 2, 3].map(() => place.open().openFile(sha256)));
    for (const file of files) {
      expect(file.sizeBytes).toBe(200_000);
      expect(await readFile(file.path)).toEqual(bytes);
      await file[Symbol.asyncDispose]();
    }
    await expect(storage.openFile(absent)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a work folder is empty, private and gone afterwards', async () => {
    let path: string;
    {
      await using folder = await storage.openWorkFolder();
      path = folder.path;
      expect(await readdir(path)).toEqual([]);
      if (process.platform !== 'win32') expect((await stat(path)).mode & 0o077).toBe(0);
      await using second = await storage.openWorkFolder();
      expect(second.path).not.toBe(path);
      await writeFile(join(path, 'rows.csv'), 'half done');
    }
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('takes a file of a work folder, as new as what is written', async () => {
    await using folder = await storage.openWorkFolder();
    const path = join(folder.path, 'result.parquet');
    await writeFile(path, 'columns');
    const blob = await storage.takeFile(path);
    expect(blob).toEqual({ sha256: sha256Of('columns'), sizeBytes: 7 });
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await textOf(await storage.read(blob.sha256))).toBe('columns');
    await place.age(blob.sha256, daysAgo(3));
    await writeFile(path, 'columns');
    await storage.takeFile(path);
    expect(await storage.delete(blob.sha256, { writtenBefore: daysAgo(1) })).toBe(false);
  });

  test('takes a file by what its writer says that it is, without reading it', async () => {
    await using folder = await storage.openWorkFolder();
    const path = join(folder.path, 'result.parquet');
    await writeFile(path, 'columns');
    const known = { sha256: sha256Of('what the writer says'), sizeBytes: 7 };
    expect(await storage.takeFile(path, known)).toEqual(known);
    expect(await textOf(await storage.read(known.sha256))).toBe('columns');
  });
});
