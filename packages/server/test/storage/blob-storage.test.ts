import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { BlobStorage } from '../../src/storage/blob-storage.ts';
import { collectGarbage } from '../../src/storage/collect-garbage.ts';
import { createFolderPlace, createS3Place, type Place } from './support/storages.ts';

const dayMs = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs);
const inAnHour = () => new Date(Date.now() + 3_600_000);
const sha256Of = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const absent = sha256Of('nobody ever wrote this');

async function* chunks(...parts: (string | Uint8Array)[]) {
  for (const part of parts) yield Buffer.from(part);
}

/** Gives some bytes, and then nothing more, ever. */
function stalling() {
  const source = new Readable({ read() {} });
  source.push('the first of');
  return source;
}

async function textOf(stream: Readable): Promise<string> {
  return Buffer.concat(await stream.toArray()).toString();
}

async function listOf(storage: BlobStorage) {
  const blobs = [];
  for await (const blob of storage.list()) blobs.push(blob);
  return blobs;
}

const places: readonly (readonly [string, () => Promise<Place>])[] = [
  ['a folder', createFolderPlace],
  ['S3', () => createS3Place()],
];

describe.each(places)('a storage of blobs in %s', (_name, createPlace) => {
  let place: Place;
  let storage: BlobStorage;

  beforeAll(async () => {
    place = await createPlace();
    storage = place.open();
  });
  afterAll(() => place.close());

  test('is there, and has nothing yet', async () => {
    await storage.ping();
    expect(await listOf(storage)).toEqual([]);
    await storage.sweep(inAnHour());
  });

  test('names bytes by their SHA-256 and gives them back, to every process', async () => {
    const blob = await storage.write(chunks('Adelie,', '39.1\n', 'Gentoo,', '50.0\n'));
    expect(blob).toEqual({ sha256: sha256Of('Adelie,39.1\nGentoo,50.0\n'), sizeBytes: 24 });
    const other = place.open();
    expect(await other.has(blob.sha256)).toBe(true);
    expect(await textOf(await other.read(blob.sha256))).toBe('Adelie,39.1\nGentoo,50.0\n');
  });

  test('stores no bytes at all like any others', async () => {
    const blob = await storage.write(chunks());
    expect(blob).toEqual({ sha256: sha256Of(''), sizeBytes: 0 });
    expect(await textOf(await storage.read(blob.sha256))).toBe('');
    await using file = await storage.openFile(blob.sha256);
    expect(file.sizeBytes).toBe(0);
  });

  test('stores equal bytes once, and renews their time', async () => {
    const { sha256 } = await storage.write(chunks('once'));
    await place.age(sha256, daysAgo(3));
    await storage.write(chunks('on', 'ce'));
    const same = (await listOf(storage)).filter((blob) => blob.sha256 === sha256);
    expect(same).toEqual([{ sha256, sizeBytes: 4, writtenAt: expect.any(Date) }]);
    expect(same[0]?.writtenAt.getTime()).toBeGreaterThan(daysAgo(1).getTime());
  });

  test('many writers of equal bytes at once, in two processes, all succeed', async () => {
    const other = place.open();
    const bytes = randomBytes(300_000);
    const writers = Array.from({ length: 10 }, (_, i) => (i % 2 ? other : storage).write(chunks(bytes)));
    const sha256 = sha256Of(bytes);
    expect(await Promise.all(writers)).toEqual(
      Array.from({ length: 10 }, () => ({ sha256, sizeBytes: 300_000 })),
    );
    expect((await listOf(storage)).filter((blob) => blob.sha256 === sha256)).toHaveLength(1);
    expect(await (await storage.read(sha256)).toArray().then(Buffer.concat)).toEqual(bytes);
  });

  test('takes exactly as much as is allowed, and nothing of what is more', async () => {
    const before = await place.files();
    expect(await storage.write(chunks('12345', '67890'), { sizeBytesMax: 10 })).toMatchObject({
      sizeBytes: 10,
    });
    await storage.delete(sha256Of('1234567890'));
    const tooMuch = storage.write(chunks('12345', '67890', '1'), { sizeBytesMax: 10 });
    await expect(tooMuch).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect(await storage.has(sha256Of('12345678901'))).toBe(false);
    expect(await place.files()).toEqual(before);
  });

  test('a write that is aborted while its source says nothing ends at once, and leaves nothing', async () => {
    const before = await place.files();
    const source = stalling();
    const abort = new AbortController();
    const writing = storage.write(source, { signal: abort.signal });
    await vi.waitFor(async () => expect(await place.files()).toHaveLength(before.length + 1));
    abort.abort(new Error('the caller went away'));
    await expect(writing).rejects.toThrow('the caller went away');
    expect(source.destroyed).toBe(true);
    expect(await place.files()).toEqual(before);
  }, 5000);

  test('a signal that was aborted before stores nothing', async () => {
    const writing = storage.write(chunks('never'), { signal: AbortSignal.abort(new Error('before')) });
    await expect(writing).rejects.toThrow('before');
    expect(await storage.has(sha256Of('never'))).toBe(false);
  });

  test('what the source throws is thrown, and what came before it is not there', async () => {
    const before = await place.files();
    const broken = async function* () {
      yield Buffer.from('half of');
      throw new Error('the connection broke');
    };
    await expect(storage.write(broken())).rejects.toThrow('the connection broke');
    expect(await place.files()).toEqual(before);
  });

  test.each([
    [{ start: 0, end: 1 }, 'ab'],
    [{ start: 2, end: 4 }, 'cde'],
    [{ start: 7, end: 9 }, 'hij'],
    [{ start: 7, end: 1_000_000 }, 'hij'],
    [{ start: 4, end: Number.POSITIVE_INFINITY }, 'efghij'],
    [{ start: 10, end: 12 }, ''],
    [{ start: 5, end: 4 }, ''],
  ])('reads the range %j', async (range, expected) => {
    const { sha256 } = await storage.write(chunks('abcdefghij'));
    expect(await textOf(await storage.read(sha256, range))).toBe(expected);
  });

  test('a stream that nobody reads can be left', async () => {
    const { sha256 } = await storage.write(chunks(randomBytes(1_000_000)));
    const stream = await storage.read(sha256);
    stream.destroy();
    await once(stream, 'close');
    expect(stream.destroyed).toBe(true);
  });

  test('lists what is there, over pages, with sizes and times', async () => {
    const written = await Promise.all(
      Array.from({ length: 20 }, (_, i) => storage.write(chunks(`row ${i}`))),
    );
    const listed = await listOf(storage);
    const found = listed.filter(({ sha256 }) => written.some((blob) => blob.sha256 === sha256));
    expect(found).toHaveLength(20);
    expect(new Set(listed.map(({ sha256 }) => sha256)).size).toBe(listed.length);
    expect(found.every(({ sizeBytes }) => sizeBytes === 5 || sizeBytes === 6)).toBe(true);
    expect(found.every(({ writtenAt }) => writtenAt > daysAgo(1) && writtenAt < inAnHour())).toBe(true);
  });

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
    await vi.waitFor(async () => expect(await place.files()).toHaveLength(before.length + 4));

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

  test.each([
    '',
    '.',
    '..',
    '../../../etc/passwd',
    'incoming',
    sha256Of('once').toUpperCase(),
    sha256Of('once').slice(1),
    `${sha256Of('once')}\n`,
    `${sha256Of('once')}/..`,
    `../${sha256Of('once').slice(3)}`,
    'leaving/x',
  ])('%j is the name of nothing', async (name) => {
    await expect(storage.read(name)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(storage.openFile(name)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await storage.has(name)).toBe(false);
    expect(await storage.delete(name)).toBe(false);
    expect(await storage.delete(name, { writtenBefore: inAnHour() })).toBe(false);
  });

  test('stores 50 MB with flat memory, and reads them with flat memory', async () => {
    const memory = watchMemory();
    const part = randomBytes(65_536);
    const hash = createHash('sha256');
    const source = async function* () {
      for (let i = 0; i < 800; i++) {
        hash.update(part);
        yield Buffer.from(part); // a new one each time, as of a socket
        if (i % 8 === 0) await new Promise(setImmediate);
        if (i % 200 === 100) memory.look();
      }
    };
    const { sha256, sizeBytes } = await storage.write(source());
    expect({ sha256, sizeBytes }).toEqual({ sha256: hash.digest('hex'), sizeBytes: 52_428_800 });
    let readBytes = 0;
    for await (const chunk of await storage.read(sha256)) readBytes += (chunk as Buffer).byteLength;
    expect(readBytes).toBe(52_428_800);
    await using file = await storage.openFile(sha256);
    expect(file.sizeBytes).toBe(52_428_800);
    expect(memory.stop()).toBeLessThan(30_000_000);
  }, 180_000);

  test('says that it does not answer', async () => {
    const broken = await place.openBroken();
    const unavailable = { code: 'STORAGE_UNAVAILABLE', retryAfterS: 5 };
    await expect(broken.ping()).rejects.toMatchObject(unavailable);
    await expect(broken.write(chunks('lost'))).rejects.toMatchObject(unavailable);
    await expect(broken.has(absent)).rejects.toMatchObject(unavailable);
    await expect(broken.read(absent)).rejects.toMatchObject(unavailable);
    await expect(broken.openFile(absent)).rejects.toMatchObject(unavailable);
    await expect(broken.delete(absent, { writtenBefore: daysAgo(1) })).rejects.toMatchObject(unavailable);
    await expect(listOf(broken)).rejects.toMatchObject(unavailable);
    await expect(storage.takeFile('/no/such/file')).rejects.toMatchObject(unavailable);
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

setFlagsFromString('--expose-gc');
// what a flag adds is there in new contexts only
const collectNow = runInNewContext('gc') as () => void;

/** Most bytes that this thread could not do without, more than when it began. */
function watchMemory() {
  const used = () => {
    collectNow();
    // the buffers of the first time are given back by now
    collectNow();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  let most = before;
  const look = () => {
    most = Math.max(most, used());
  };
  // now and then: collecting everything is slow
  const timer = setInterval(look, 2000);
  return {
    look,
    stop() {
      clearInterval(timer);
      look();
      return most - before;
    },
  };
}
