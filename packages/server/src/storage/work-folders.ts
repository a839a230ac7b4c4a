import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStorage } from './blob-storage.ts';
import { createHeldPaths, type HeldPaths } from './held-paths.ts';
import { hasCode, unlessStorageDown } from './storage-errors.ts';

export type WorkFolder = Awaited<ReturnType<BlobStorage['openWorkFolder']>>;
export type WorkFolders = ReturnType<typeof createWorkFolders>;

/** Folders of one machine for what is half done, safe for several processes. */
export function createWorkFolders(root: string) {
  const held = createHeldPaths();

  return {
    async open(): Promise<WorkFolder> {
      const path = join(root, randomUUID());
      await unlessStorageDown(() => mkdir(path, { recursive: true, mode: 0o700 }));
      const release = held.hold(path);
      return {
        path,
        async [Symbol.asyncDispose]() {
          await removeQuietly(path);
          release();
        },
      };
    },

    sweep: (before: Date) => sweepFolder(root, { before, held }),
  };
}

/** What cannot be removed now is left to a sweep: whoever is done with it has nothing to do with that. */
export async function removeQuietly(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 2 }).catch(() => {});
}

/** Removes what in a folder is older than that and not held by this process. */
export async function sweepFolder(
  folder: string,
  { before, held }: { readonly before: Date; readonly held: HeldPaths },
): Promise<void> {
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    if (held.isHeld(path)) continue;
    const status = await statOf(path);
    if (status && status.mtime < before) await removeQuietly(path);
  }
}

/** A folder that is not there has nothing in it. */
export function namesIn(folder: string): Promise<string[]> {
  return unlessStorageDown(() => readdir(folder).catch(none<string[]>([])));
}

/** Null for what is not there. */
export function statOf(path: string): ReturnType<typeof findStatus> {
  return unlessStorageDown(() => findStatus(path));
}

function findStatus(path: string) {
  return stat(path).catch(none(null));
}

function none<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (hasCode(error, 'ENOENT')) return value;
    throw error;
  };
}
