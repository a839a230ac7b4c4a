import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BlobStorage } from '../../src/storage/blob-storage.ts';
import { createS3Storage } from '../../src/storage/s3-storage.ts';
import { sweepUploads } from '../../src/storage/sweep-uploads.ts';
import { sha256Of } from './support/blobs.ts';
import { type S3Proxy, startS3Proxy, type Treatment } from './support/s3-proxy.ts';
import { createS3Place, s3Key } from './support/storages.ts';

const unavailable = { code: 'STORAGE_UNAVAILABLE' };

async function* only(bytes: Uint8Array) {
  yield bytes;
}

describe('a storage of blobs in S3', () => {
  let place: Awaited<ReturnType<typeof createS3Place>>;
  let proxy: S3Proxy;
  let storage: BlobStorage;

  beforeAll(async () => {
    place = await createS3Place({ cacheBytesMax: 2_000_000 });
    proxy = await startS3Proxy(place.settings.endpoint ?? '');
    storage = createS3Storage({ ...place.settings, endpoint: proxy.url });
  });
  afterAll(async () => {
    proxy.close();
    await place.close();
  });
  beforeEach(async () => {
    proxy.treat = () => 'pass';
    await rm(place.settings.cacheFolder, { recursive: true, force: true });
    proxy.requests.length = 0;
  });

  const gets = () => proxy.requests.filter((line) => line.startsWith('GET'));

  async function write(bytes: Uint8Array): Promise<string> {
    return (await storage.write(only(bytes))).sha256;
  }

  /** Written by another machine: nothing of it is in the cache of this one. */
  async function writeElsewhere(bytes: Uint8Array): Promise<string> {
    const sha256 = await write(bytes);
    await rm(place.settings.cacheFolder, { recursive: true, force: true });
    return sha256;
  }

  test('keys begin with the prefix, and are spread over its folders', async () => {
    const sha256 = await write(randomBytes(10));
    expect(proxy.requests[0]).toMatch(`PUT /oriel-test/a/b/${sha256.slice(0, 2)}/${sha256}?`);
  });

  test('what was written here is not downloaded to be opened', async () => {
    const bytes = randomBytes(1000);
    await using file = await storage.openFile(await write(bytes));
    expect(await readFile(file.path)).toEqual(bytes);
    expect(gets()).toEqual([]);
  });

  test('many who open the same download it once, and it is kept for the next', async () => {
    const bytes = randomBytes(500_000);
    const sha256 = await writeElsewhere(bytes);
    const files = await Promise.all([1, 2, 3, 4].map(() => storage.openFile(sha256)));
    for (const file of files) {
      expect(await readFile(file.path)).toEqual(bytes);
      await file[Symbol.asyncDispose]();
    }
    await using again = await storage.openFile(sha256);
    expect(again.sizeBytes).toBe(500_000);
    expect(gets()).toHaveLength(1);
    expect(await readdir(place.settings.workFolder)).toHaveLength(1);
  });

  test('what is larger than the cache is downloaded each time, and gone afterwards', async () => {
    const sha256 = await writeElsewhere(randomBytes(2_100_000));
    for (let i = 0; i < 2; i++) {
      await using file = await storage.openFile(sha256);
      expect(file.sizeBytes).toBe(2_100_000);
    }
    expect(gets()).toHaveLength(2);
    expect(await readdir(place.settings.workFolder)).toEqual([]);
  });

  test('a download that breaks off goes on where it was', async () => {
    const bytes = randomBytes(900_000);
    const sha256 = await writeElsewhere(bytes);
    let cuts = 0;
    proxy.treat = ({ method }) => (method === 'GET' && cuts++ < 3 ? 'cut' : 'pass');
    await using file = await storage.openFile(sha256);
    expect(await readFile(file.path)).toEqual(bytes);
    expect(gets()).toHaveLength(4);

    cuts = 0;
    const read = await storage.read(sha256, { start: 100, end: 499_999 });
    expect(Buffer.concat(await read.toArray())).toEqual(bytes.subarray(100, 500_000));
    expect(cuts).toBeGreaterThan(1);
  });

  test('an answer that fails is asked for again, a few times', async () => {
    let fails = 0;
    proxy.treat = () => (fails++ < 2 ? 'fail' : 'pass');
    const sha256 = await write(randomBytes(10));
    proxy.treat = () => 'pass';
    expect(await storage.has(sha256)).toBe(true);

    proxy.requests.length = 0;
    proxy.treat = () => 'fail';
    await expect(storage.has(sha256)).rejects.toMatchObject(unavailable);
    expect(proxy.requests).toHaveLength(3);
  });

  test('what is sent may take longer than the answer to a question', async () => {
    const patient = createS3Storage({ ...place.settings, endpoint: proxy.url, timeoutMs: 2000 });
    // as over a line that takes so long for a part
    proxy.treat = async ({ method }): Promise<Treatment> => {
      if (method === 'PUT') await sleep(3000);
      return 'pass';
    };
    const { sha256 } = await patient.write(only(randomBytes(10)));
    expect(proxy.requests.filter((line) => line.startsWith('PUT'))).toHaveLength(1);
    expect(await patient.has(sha256)).toBe(true);
  });

  test('a failed download is told to all who wait, and tried again by the next', async () => {
    const sha256 = await writeElsewhere(randomBytes(1000));
    proxy.treat = () => 'fail';
    const opening = await Promise.allSettled([storage.openFile(sha256), storage.openFile(sha256)]);
    expect(opening).toMatchObject([{ reason: unavailable }, { reason: unavailable }]);
    proxy.treat = () => 'pass';
    await using file = await storage.openFile(sha256);
    expect(file.sizeBytes).toBe(1000);
    expect(await readdir(place.settings.workFolder)).toHaveLength(1);
  });

  test('bytes that are not what they are called are not given as a file', async () => {
    const sha256 = await writeElsewhere(Buffer.from('the right ones'));
    const [path] = (await place.files()).filter((path) => path.includes(`${sha256}._S3rver_object`));
    await writeFile(path ?? '', 'the wrong ones');
    await expect(storage.openFile(sha256)).rejects.toMatchObject(unavailable);
    expect(await readdir(place.settings.workFolder)).toEqual([]);
  });

  test('a large upload that fails, or is aborted, is ended with all its parts', async () => {
    const large = randomBytes(12_000_000);
    const begun = () => proxy.requests.filter((line) => /^POST .*[?&]uploads/.test(line)).length;
    // this server cannot do it, but S3 does
    const ended = () => proxy.requests.filter((line) => /^DELETE .*[?&]uploadId=/.test(line)).length;
    let parts = 0;
    proxy.treat = ({ url }) => (url?.includes('partNumber') && ++parts > 1 ? 'fail' : 'pass');
    await expect(write(large)).rejects.toMatchObject(unavailable);
    expect({ begun: begun(), ended: ended() }).toEqual({ begun: 1, ended: 1 });

    const abort = new AbortController();
    proxy.treat = ({ url }) => {
      if (url?.includes('partNumber')) abort.abort(new Error('the caller went away'));
      return 'pass';
    };
    const aborted = storage.write(only(large), { signal: abort.signal });
    await expect(aborted).rejects.toThrow('the caller went away');
    await expect.poll(() => ({ begun: begun(), ended: ended() })).toEqual({ begun: 2, ended: 2 });
    expect(await storage.has(sha256Of(large))).toBe(false);
    expect(await readdir(place.settings.workFolder)).toEqual([]);
  });

  test('what is written between the look at its age and its deletion is written again', async () => {
    const sha256 = sha256Of('marked');
    const others = await startS3Proxy(place.settings.endpoint ?? '');
    const deleter = createS3Storage({ ...place.settings, endpoint: others.url });
    await write(Buffer.from('marked'));
    await place.age(sha256, new Date(Date.now() - 86_400_000));
    let writing: Promise<unknown> | undefined;
    others.treat = async ({ method, url }): Promise<Treatment> => {
      if (method !== 'DELETE' || url?.includes('leaving')) return 'pass';
      // the deletion is on its way, and arrives when the other has written
      proxy.requests.length = 0;
      writing = storage.write(only(Buffer.from('marked')));
      await expect.poll(() => proxy.requests).toContainEqual(expect.stringMatching(/HEAD .*leaving/));
      return 'pass';
    };
    expect(await deleter.delete(sha256, { writtenBefore: new Date(Date.now() - 3_600_000) })).toBe(true);
    await writing;
    expect(writing).toBeDefined();
    expect(await storage.has(sha256)).toBe(true);
    others.close();
  });

  test('what a deletion wins from a write at the same moment is written again', async () => {
    const sha256 = sha256Of('lost');
    let deletions = 0;
    proxy.treat = async ({ method, url }): Promise<Treatment> => {
      // the write was answered, and the deletion has left no trace
      if (method === 'HEAD' && url?.includes('leaving') && deletions++ === 0)
        await place.open().delete(sha256);
      return 'pass';
    };
    expect(await write(Buffer.from('lost'))).toBe(sha256);
    expect(deletions).toBe(2);
    expect(await storage.has(sha256)).toBe(true);

    proxy.treat = async ({ method, url }): Promise<Treatment> => {
      if (method === 'HEAD' && url?.includes('leaving')) await place.open().delete(sha256);
      return 'pass';
    };
    await expect(write(Buffer.from('lost'))).rejects.toMatchObject(unavailable);
  });

  test('a key that is wrong is the storage’s fault, and is not told', async () => {
    const wrong = createS3Storage({ ...place.settings, accessKeyId: 'NOBODY', secretAccessKey: 'hunter2' });
    const error: unknown = await wrong.has('0'.repeat(64)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(unavailable);
    expect(String(error)).not.toMatch(/hunter2|NOBODY/);
    const elsewhere = createS3Storage({ ...place.settings, bucket: 'no-such-bucket' });
    await expect(elsewhere.read('0'.repeat(64))).rejects.toMatchObject(unavailable);
    await expect(elsewhere.ping()).rejects.toMatchObject({ code: expect.stringMatching(/./) });
  });
});

test('uploads that were begun long ago and never finished are removed', async () => {
  const asked: string[] = [];
  const list = `<?xml version="1.0"?><ListMultipartUploadsResult>
    <Upload><Key>p/aa/1</Key><UploadId>old</UploadId><Initiated>2026-01-01T00:00:00.000Z</Initiated></Upload>
    <Upload><Key>p/aa/2</Key><UploadId>new</UploadId><Initiated>2026-03-01T00:00:00.000Z</Initiated></Upload>
  </ListMultipartUploadsResult>`;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.method === 'GET') response.writeHead(200, { 'content-type': 'application/xml' }).end(list);
    else response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: s3Key,
  });
  await sweepUploads({ client, bucket: 'b', prefix: 'p/' }, new Date('2026-02-01'));
  server.closeAllConnections();
  server.close();
  expect(asked).toEqual([
    expect.stringMatching(/^GET \/b\/?\?.*prefix=p%2F.*uploads|^GET \/b\/?\?uploads.*prefix=p%2F/),
    expect.stringMatching(/^DELETE \/b\/p\/aa\/1\?.*uploadId=old/),
  ]);
});
