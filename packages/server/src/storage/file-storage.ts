import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BlobStorage, ByteRange, StoredBlob } from './blob-storage.ts';
import { createHeldPaths } from './held-paths.ts';
import { moveFile, placeFile } from './move-file.ts';
import { putBackLeaving, removeOldFile, unlessGone } from './remove-old-file.ts';
import { hashFile, spool } from './spool.ts';
import { blobNotFound, hasCode, isSha256, unlessStorageDown } from './storage-errors.ts';
import { createWorkFolders, namesIn, removeQuietly, statOf, sweepFolder } from './work-folders.ts';

interface Folders {
  readonly blobsFolder: string;
  readonly workFolder: string;
}

const readBytes = 262_144;
/** Longer than a deletion takes to see that it must put a blob back. */
const putBackMs = 20;

/**
 * Blobs in a folder, `ab/abcd…`, that any number of processes share without talking to each other: each writes beside and
 * renames, which is all or nothing, and renaming equal bytes over each other is the same as not doing it.
 */
export function createFileStorage({ blobsFolder, workFolder }: Folders): BlobStorage {
  const incoming = join(blobsFolder, 'incoming');
  const held = createHeldPaths();
  const work = createWorkFolders(workFolder);

  return {
    async write(bytes, options) {
      const path = join(incoming, randomUUID());
      const release = held.hold(path);
      try {
        await unlessStorageDown(makeFolders);
        const blob = await spool(bytes, path, options);
        // over what is there, so that a deletion that looks at its age sees that it is new
        await unlessStorageDown(() => placeFile(path, pathOf(blob.sha256)));
        return blob;
      } catch (error) {
        await removeQuietly(path);
        throw error;
      } finally {
        release();
      }
    },

    async takeFile(path, known) {
      const blob = known ?? (await hashFile(path));
      await unlessStorageDown(async () => {
        await makeFolders();
        await moveFile(path, pathOf(blob.sha256), join(incoming, randomUUID()));
      });
      return blob;
    },

    async read(sha256, range) {
      const { path } = await getFile(sha256);
      return unlessStorageDown(() => openStream(path, range));
    },

    async openFile(sha256) {
      const file = await getFile(sha256);
      return { ...file, async [Symbol.asyncDispose]() {} };
    },

    has: async (sha256) => (await findFile(sha256)) !== null,

    async delete(sha256, { writtenBefore } = {}) {
      if (!isSha256(sha256)) return false;
      const path = pathOf(sha256);
      return unlessStorageDown(() =>
        writtenBefore ? removeOldFile({ sha256, path, writtenBefore, incoming }) : unlessGone(rm(path)),
      );
    },

    list,
    openWorkFolder: work.open,

    async sweep(before) {
      await unlessStorageDown(() => putBackLeaving(incoming, pathOf));
      await sweepFolder(incoming, { before, held });
      await work.sweep(before);
    },

    async ping() {
      await unlessStorageDown(async () => {
        await makeFolders();
        await access(incoming, constants.R_OK | constants.W_OK | constants.X_OK);
      });
    },
  };

  function pathOf(sha256: string): string {
    return join(blobsFolder, sha256.slice(0, 2), sha256);
  }

  async function makeFolders(): Promise<void> {
    await mkdir(incoming, { recursive: true, mode: 0o700 });
  }

  async function getFile(sha256: string): Promise<{ path: string; sizeBytes: number }> {
    const file = await findFile(sha256);
    if (!file) throw blobNotFound();
    return file;
  }

  /** Looks twice: a deletion takes a blob away for a moment to see whether it is old. */
  async function findFile(sha256: string): Promise<{ path: string; sizeBytes: number } | null> {
    if (!isSha256(sha256)) return null;
    const path = pathOf(sha256);
    const status = (await statOf(path)) ?? (await sleep(putBackMs, path).then(statOf));
    return status && { path, sizeBytes: status.size };
  }

  async function* list(): AsyncGenerator<StoredBlob, void, void> {
    const parts = (await namesIn(blobsFolder)).filter((name) => /^[0-9a-f]{2}$/.test(name));
    for (const part of parts) {
      for (const sha256 of await namesIn(join(blobsFolder, part))) {
        const status = isSha256(sha256) ? await statOf(pathOf(sha256)) : null;
        if (status) yield { sha256, sizeBytes: status.size, writtenAt: status.mtime };
      }
    }
  }
}

/** Opened here, so that a blob that is gone is an error of the call and not of the stream. */
async function openStream(path: string, range: ByteRange | undefined): Promise<Readable> {
  if (range && range.end < range.start) return Readable.from([], { objectMode: false });
  const file = await open(path).catch((error: unknown) => {
    throw hasCode(error, 'ENOENT') ? blobNotFound() : error;
  });
  return file.createReadStream({ ...range, highWaterMark: readBytes });
}
