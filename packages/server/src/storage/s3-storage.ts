import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Blob, BlobStorage, ByteRange, StoredBlob } from './blob-storage.ts';
import { createLocalCopies } from './local-copies.ts';
import { outliveDeletion, removeOldObject } from './remove-old-object.ts';
import { resumedChunks } from './resumed-chunks.ts';
import { createS3Objects, type S3Settings } from './s3-objects.ts';
import { hashFile, spool } from './spool.ts';
import { blobNotFound, isSha256, unlessStorageDown } from './storage-errors.ts';
import { sweepUploads } from './sweep-uploads.ts';
import { createWorkFolders } from './work-folders.ts';

export interface S3StorageOptions extends S3Settings {
  /** What the keys begin with, before a `/`. */
  readonly prefix: string;
  readonly workFolder: string;
  readonly cacheFolder: string;
  readonly cacheBytesMax: number;
}

/** An upload of the largest dataset over a slow line is far from this. */
const uploadMsMax = 86_400_000;
const everything: ByteRange = { start: 0, end: Number.POSITIVE_INFINITY };

/**
 * Blobs in a bucket, `prefix/ab/abcd…`, shared by any number of machines. The key is known only when all bytes were read,
 * so they wait in a file of this machine: the disk is what bounds them, not the memory.
 */
export function createS3Storage(options: S3StorageOptions): BlobStorage {
  const { bucket, prefix, workFolder } = options;
  const objects = createS3Objects(options);
  const work = createWorkFolders(workFolder);
  const copies = createLocalCopies({ ...options, work, download: (sha256) => read(sha256) });

  return {
    async write(bytes, options) {
      await using folder = await work.open();
      const path = join(folder.path, 'blob');
      const blob = await spool(bytes, path, options);
      await store(blob, path, options?.signal);
      return blob;
    },

    async takeFile(path, known) {
      const blob = known ?? (await hashFile(path));
      await store(blob, path);
      await unlessStorageDown(() => rm(path));
      return blob;
    },

    read,

    async openFile(sha256) {
      if (!isSha256(sha256)) throw blobNotFound();
      return copies.open(sha256);
    },

    has: async (sha256) => isSha256(sha256) && (await objects.find(keyOf(sha256))) !== null,

    async delete(sha256, { writtenBefore } = {}) {
      if (!isSha256(sha256)) return false;
      if (writtenBefore) return removeOldObject(objects, namesOf(sha256), writtenBefore);
      const isThere = (await objects.find(keyOf(sha256))) !== null;
      if (isThere) await objects.delete(keyOf(sha256));
      return isThere;
    },

    list,
    openWorkFolder: work.open,

    async sweep(before) {
      await work.sweep(before);
      await copies.sweep(before);
      for await (const { key, writtenAt } of objects.list(`${prefix}/leaving/`))
        if (writtenAt < before) await objects.delete(key);
      const begunBefore = new Date(before.getTime() - uploadMsMax);
      await sweepUploads({ client: objects.client, bucket, prefix: `${prefix}/` }, begunBefore);
    },

    ping: objects.ping,
  };

  function keyOf(sha256: string): string {
    return `${prefix}/${sha256.slice(0, 2)}/${sha256}`;
  }

  function namesOf(sha256: string) {
    return { key: keyOf(sha256), marker: `${prefix}/leaving/${sha256}` };
  }

  /** Also what is there already: only so it becomes new, and no deletion takes it. */
  async function store({ sha256, sizeBytes }: Blob, path: string, signal?: AbortSignal): Promise<void> {
    const upload = async () => {
      signal?.throwIfAborted();
      await objects.upload(keyOf(sha256), { path, sizeBytes }, signal).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw error;
      });
    };
    await upload();
    await outliveDeletion(objects, namesOf(sha256), upload);
    await copies.keep(sha256, path);
  }

  async function read(sha256: string, range?: ByteRange): Promise<Readable> {
    if (!isSha256(sha256)) throw blobNotFound();
    const open = (part: ByteRange) => objects.get(keyOf(sha256), part);
    const first = await objects.get(keyOf(sha256), range);
    const bytes = Readable.from(resumedChunks(first, range ?? everything, open), { objectMode: false });
    // also when nobody ever began to read
    return bytes.once('close', () => first.destroy());
  }

  async function* list(): AsyncGenerator<StoredBlob, void, void> {
    for await (const { key, sizeBytes, writtenAt } of objects.list(`${prefix}/`)) {
      const sha256 = key.slice(-64);
      if (isSha256(sha256) && key === keyOf(sha256)) yield { sha256, sizeBytes, writtenAt };
    }
  }
}
