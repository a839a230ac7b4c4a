import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlobStorage } from '../../src/storage/blob-storage.ts';
import { collectGarbage } from '../../src/storage/collect-garbage.ts';
import { chunks, daysAgo, inAnHour, listOf, sha256Of, stalling, textOf } from './support/blobs.ts';
import { type Place, places } from './support/storages.ts';

describe.each(places)('deleting blobs in %s', (_name, createPlace) => {
  let place: Place;
  let storage: BlobStorage;

  beforeAll(async () => {
    place = await createPlace();
    storage = place.open();
  });
  afterAll(() => place.close());

  test('deletes, and deleting again is no error', async () => {
    const { sha256 } = await storage.write(chunks('not for long'));
    expect(await storage.delete(sha256)).toBe(true);
    expect(await storage.has(sha256)).toBe(false);
    expect(await storage.delete(sha256)).toBe(false);
    await expect(storage.read(sha256)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await listOf(storage)).some((blob) => blob.sha256 === sha256)).toBe(false);
  });

  test('deletes what is old only, if told so', async () => {
    const { sha256 } = await storage.write(chunks('old or new'));
    expect(await storage.delete(sha256, { writtenBefore: daysAgo(1) })).toBe(false);
    await place.age(sha256, daysAgo(2));
    expect(await storage.delete(sha256, { writtenBefore: daysAgo(1) })).toBe(true);
    expect(await storage.has(sha256)).toBe(false);
    expect(await storage.delete(sha256, { writtenBefore: daysAgo(1) })).toBe(false);
  });

  test('what is written while it is deleted for its age is there afterwards', async () => {
    const other = place.open();
    for (let round = 0; round < 10; round++) {
      const { sha256 } = await storage.write(chunks('again and again'));
      await place.age(sha256, daysAgo(2));
      await Promise.all([
        storage.write(chunks('again and again')),
        other.delete(sha256, { writtenBefore: daysAgo(1) }),
      ]);
      expect(await storage.has(sha256)).toBe(true);
      expect(await textOf(await storage.read(sha256))).toBe('again and again');
    }
  });

  test('a sweep removes what a killed process left, and nothing that is alive', async () => {
    const before = await place.files();
    const source = stalling();
    const writing = storage.write(source);
    await using folder = await storage.openWorkFolder();
    await writeFile(join(folder.path, 'part-1'), 'half done');
    // of another process, that nobody knows to be alive
    const dead = stalling();
    const deadWriting = place.open().write(dead);
    const deadFolder = await place.open().openWorkFolder();
    await writeFile(join(deadFolder.path, 'part-2'), 'left');
    await expect.poll(place.files).toHaveLength(before.length + 4);

    await storage.sweep(daysAgo(1));
    expect(await readdir(deadFolder.path)).toEqual(['part-2']);
    await storage.sweep(inAnHour());
    await expect(stat(deadFolder.path)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(folder.path)).toEqual(['part-1']);
    source.push(' all');
    source.push(null);
    const { sha256 } = await writing;
    expect(sha256).toBe(sha256Of('the first of all'));
    expect(await storage.has(sha256)).toBe(true);

    dead.push(null);
    await expect(deadWriting).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
  });

  test('garbage is what is old and has no name; what is written meanwhile is none', async () => {
    const write = async (text: string, days: number) => {
      const { sha256 } = await storage.write(chunks(text));
      await place.age(sha256, daysAgo(days));
      return sha256;
    };
    const named = await write('old and named', 9);
    const garbage = await write('old, and nobody names it', 9);
    const fresh = await write('new, and nobody names it yet', 0);
    const renewed = await write('old, but written again just now', 9);
    const others = new Set((await listOf(storage)).map(({ sha256 }) => sha256));

    const gone = await collectGarbage({
      storage,
      async isReferenced(sha256) {
        if (sha256 === renewed) await place.open().write(chunks('old, but written again just now'));
        return sha256 === named || (others.has(sha256) && ![garbage, renewed, fresh].includes(sha256));
      },
    });
    expect(gone).toEqual({ blobs: 1, sizeBytes: 24 });
    expect(await Promise.all([named, garbage, fresh, renewed].map(storage.has))).toEqual([
      true,
      false,
      true,
      true,
    ]);

    await collectGarbage({ storage, isReferenced: others, graceMs: -60_000 });
    expect(await storage.has(fresh)).toBe(true);
    await collectGarbage({ storage, isReferenced: new Set(), graceMs: -60_000 });
    expect(await listOf(storage)).toEqual([]);
  });
});
