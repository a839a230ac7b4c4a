import { copyFile, link, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStorage } from '../../storage/blob-storage.ts';

/** A blob as a file that DuckDB may read. Released when it goes out of `await using`. */
export interface LinkedFile extends AsyncDisposable {
  readonly path: string;
}

interface Opened {
  users: number;
  readonly file: Promise<LinkedFile>;
}

/**
 * Blobs under names in DuckDB's own folder, the only one it may look into. A hard link where the file system can, so that
 * it costs nothing and the bytes stay while they are read, whatever becomes of the blob; a copy elsewhere.
 */
export function createLinkedFiles(storage: Pick<BlobStorage, 'openFile'>, folder: string) {
  const opened = new Map<string, Opened>();

  return { open };

  /** @throws AppError NOT_FOUND */
  async function open(sha256: string): Promise<LinkedFile> {
    const entry = opened.get(sha256) ?? { users: 0, file: make(sha256) };
    opened.set(sha256, entry);
    entry.users += 1;
    try {
      const { path } = await entry.file;
      return { path, [Symbol.asyncDispose]: once(() => release(sha256, entry)) };
    } catch (error) {
      if (opened.get(sha256) === entry) opened.delete(sha256);
      throw error;
    }
  }

  async function make(sha256: string): Promise<LinkedFile> {
    await using file = await storage.openFile(sha256);
    linkCount += 1;
    const path = join(folder, `${sha256}-${linkCount}`);
    await link(file.path, path).catch(() => copyFile(file.path, path));
    return { path, [Symbol.asyncDispose]: () => rm(path, { force: true }) };
  }

  async function release(sha256: string, entry: Opened): Promise<void> {
    entry.users -= 1;
    if (entry.users > 0) return;
    opened.delete(sha256);
    await (await entry.file)[Symbol.asyncDispose]();
  }
}

/** Of this process: a file that is being removed and the same one opened again have two names. */
let linkCount = 0;

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
