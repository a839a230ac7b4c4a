import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalFile } from './blob-storage.ts';
import { createLocalCache, linkOrCopy } from './local-cache.ts';
import { spool } from './spool.ts';
import { storageUnavailable, unlessStorageDown } from './storage-errors.ts';
import type { WorkFolder, WorkFolders } from './work-folders.ts';

interface Options {
  readonly cacheFolder: string;
  readonly cacheBytesMax: number;
  readonly work: WorkFolders;
  /** @throws AppError NOT_FOUND */
  readonly download: (sha256: string) => Promise<AsyncIterable<Uint8Array>>;
}

interface Download {
  /** The folder that it is in, and what it is called there. */
  readonly arriving: Promise<{ readonly folder: WorkFolder; readonly path: string }>;
  readers: number;
}

/** Blobs as files of this machine: from its cache, or downloaded, once for all who ask meanwhile. */
export function createLocalCopies({ cacheFolder, cacheBytesMax, work, download }: Options) {
  const cache = createLocalCache({ folder: cacheFolder, sizeBytesMax: cacheBytesMax });
  const downloads = new Map<string, Download>();

  return {
    async open(sha256: string): Promise<LocalFile> {
      const folder = await work.open();
      try {
        const path = join(folder.path, sha256);
        await unlessStorageDown(async () => {
          if (!(await cache.linkTo(sha256, path))) await linkDownload(sha256, path);
        });
        const { size } = await unlessStorageDown(() => stat(path));
        return { path, sizeBytes: size, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
      } catch (error) {
        await folder[Symbol.asyncDispose]();
        throw error;
      }
    },

    /** Keeps a file of which the storage has the bytes. A full disk is no reason to fail: it can be downloaded again. */
    async keep(sha256: string, path: string): Promise<void> {
      await cache.add(sha256, path).catch(() => {});
    },

    sweep: cache.sweep,
  };

  async function linkDownload(sha256: string, path: string): Promise<void> {
    const shared = downloads.get(sha256) ?? start(sha256);
    shared.readers++;
    try {
      const file = await shared.arriving;
      await linkOrCopy(file.path, path);
    } finally {
      if (--shared.readers === 0) await end(sha256, shared);
    }
  }

  function start(sha256: string): Download {
    const shared = { arriving: fetchWhole(sha256), readers: 0 };
    downloads.set(sha256, shared);
    return shared;
  }

  /** Its last reader has a link of its own. */
  async function end(sha256: string, { arriving }: Download): Promise<void> {
    downloads.delete(sha256);
    const file = await arriving.catch(() => null); // its readers have the error
    await file?.folder[Symbol.asyncDispose]();
  }

  async function fetchWhole(sha256: string) {
    const folder = await work.open();
    try {
      const path = join(folder.path, sha256);
      const blob = await spool(await download(sha256), path);
      if (blob.sha256 !== sha256) throw storageUnavailable(new Error(`the bytes of ${sha256} are others`));
      await cache.add(sha256, path).catch(() => {});
      return { folder, path };
    } catch (error) {
      await folder[Symbol.asyncDispose]();
      throw error;
    }
  }
}
