import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlobStorage } from '../../src/storage/blob-storage.ts';
import { absent, chunks, daysAgo, inAnHour, listOf, sha256Of, stalling, textOf } from './support/blobs.ts';
import { type Place, places } from './support/storages.ts';

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
    await expect.poll(place.files).toHaveLength(before.length + 1);
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
});
