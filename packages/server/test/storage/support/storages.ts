import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { BlobStorage } from '../../../src/storage/blob-storage.ts';
import { createFileStorage } from '../../../src/storage/file-storage.ts';
import { createS3Storage, type S3StorageOptions } from '../../../src/storage/s3-storage.ts';

export type StorageOptions =
  | { readonly kind: 'folder'; readonly blobsFolder: string; readonly workFolder: string }
  | ({ readonly kind: 's3' } & S3StorageOptions);

export function openStorageOf(how: StorageOptions): BlobStorage {
  return how.kind === 's3' ? createS3Storage(how) : createFileStorage(how);
}

/** A place for blobs, and what a test must do behind the storage's back. */
export interface Place {
  /** Another process' way to it: the same place, sharing nothing in memory. */
  open(): BlobStorage;
  /** What {@link open} opens, for other processes. */
  readonly how: StorageOptions;
  /** Makes a blob look as old as that. */
  age(sha256: string, writtenAt: Date): Promise<void>;
  /** Every file under the place, work folders and half-written ones among them. */
  files(): Promise<string[]>;
  /** A storage of this kind that does not answer. */
  openBroken(): Promise<BlobStorage>;
  close(): Promise<void>;
}

export async function createFolderPlace(): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'oriel-blobs-'));
  const blobsFolder = join(root, 'blobs');
  const workFolder = join(root, 'work');
  return {
    open: () => createFileStorage({ blobsFolder, workFolder }),
    how: { kind: 'folder', blobsFolder, workFolder },
    age: (sha256, writtenAt) => utimes(join(blobsFolder, sha256.slice(0, 2), sha256), writtenAt, writtenAt),
    files: () => filesUnder(root),
    async openBroken() {
      // a folder that cannot be one, as when a disk is not mounted
      await writeFile(join(root, 'no-folder'), '');
      return createFileStorage({ blobsFolder: join(root, 'no-folder'), workFolder });
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
}

export const s3Key = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' } as const;

export async function createS3Place(
  options: Partial<S3StorageOptions> = {},
): Promise<Place & { readonly settings: S3StorageOptions }> {
  const root = await mkdtemp(join(tmpdir(), 'oriel-s3-'));
  const bucket = 'oriel-test';
  const directory = join(root, 'server');
  await mkdir(directory);
  const server = new Worker(new URL('s3-server-worker.mjs', import.meta.url), {
    workerData: { directory, bucket },
  });
  const [port] = (await once(server, 'message')) as [number];
  const settings: S3StorageOptions = {
    ...s3Key,
    bucket,
    endpoint: `http://127.0.0.1:${port}`,
    prefix: 'a/b',
    workFolder: join(root, 'work'),
    cacheFolder: join(root, 'cache'),
    cacheBytesMax: 1_000_000,
    keysPerPage: 7,
    ...options,
  };
  const closing: (() => unknown)[] = [];
  return {
    settings,
    open: () => createS3Storage(settings),
    how: { kind: 's3', ...settings },
    age: (sha256, writtenAt) => {
      const path = join(directory, bucket, 'a/b', sha256.slice(0, 2), `${sha256}._S3rver_object`);
      return utimes(path, writtenAt, writtenAt);
    },
    // the cache holds what was read, and the server's folder what is there
    files: async () => [
      ...(await filesUnder(settings.workFolder)),
      ...(await filesUnder(directory)).filter((path) => !/metadata|md5/.test(path)),
    ],
    async openBroken() {
      const silent = createServer(() => {}).listen(0, '127.0.0.1');
      closing.push(() => silent.close());
      await once(silent, 'listening');
      const address = silent.address();
      const silentPort = typeof address === 'object' && address ? address.port : 0;
      return createS3Storage({ ...settings, endpoint: `http://127.0.0.1:${silentPort}`, timeoutMs: 100 });
    },
    async close() {
      for (const end of closing) end();
      await server.terminate();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Both kinds, for suites that every storage of blobs has to pass. */
export const places: readonly (readonly [string, () => Promise<Place>])[] = [
  ['a folder', createFolderPlace],
  ['S3', () => createS3Place()],
];

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
