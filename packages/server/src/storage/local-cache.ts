import { randomUUID } from 'node:crypto';
import { constants, copyFile, link, mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, isSha256 } from './storage-errors.ts';
import { namesIn, removeQuietly, statOf } from './work-folders.ts';

interface Options {
  readonly folder: string;
  /** Of what nobody reads. */
  readonly sizeBytesMax: number;
}

const partEnd = '.part';

/**
 * Copies of blobs on this machine's disk, shared by its processes; the ones that were not read for longest go first.
 *
 * Who reads one gets a hard link of it in a folder of its own: a copy with two names is in use, by whichever process, and
 * one that is removed all the same lives on under the other name. So nothing needs a lock.
 */
export function createLocalCache({ folder, sizeBytesMax }: Options) {
  return {
    /** @returns false when it is not here */
    async linkTo(sha256: string, path: string): Promise<boolean> {
      const isHere = await linkOrCopy(join(folder, sha256), path);
      const now = new Date();
      // the name in the cache: a copy has a time of its own
      if (isHere) await utimes(join(folder, sha256), now, now).catch(() => {});
      return isHere;
    },

    /** Keeps a file that nobody will change; it stays where it is, too. */
    async add(sha256: string, path: string): Promise<void> {
      const { size } = await stat(path);
      if (size > sizeBytesMax) return;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await makeRoom(sizeBytesMax - size);
      await linkOrCopy(path, join(folder, sha256));
    },

    /** Removes what killed processes left half copied. */
    async sweep(before: Date): Promise<void> {
      for (const name of (await namesIn(folder)).filter((name) => name.endsWith(partEnd))) {
        const status = await statOf(join(folder, name));
        if (status && status.mtime < before) await removeQuietly(join(folder, name));
      }
    },
  };

  async function makeRoom(totalBytesMax: number): Promise<void> {
    const copies = await listCopies();
    let totalBytes = copies.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    for (const { path, sizeBytes, isInUse } of copies) {
      if (totalBytes <= totalBytesMax) return;
      if (isInUse) continue;
      await removeQuietly(path);
      totalBytes -= sizeBytes;
    }
  }

  /** The one that was not read for longest first. */
  async function listCopies() {
    const paths = (await namesIn(folder)).filter(isSha256).map((name) => join(folder, name));
    const copies = await Promise.all(paths.map((path) => stat(path).then(toCopy(path), () => null)));
    return copies.filter((copy) => copy !== null).toSorted((a, b) => a.readAtMs - b.readAtMs);
  }
}

function toCopy(path: string) {
  return ({ size, mtimeMs, nlink }: { size: number; mtimeMs: number; nlink: number }) => ({
    path,
    sizeBytes: size,
    readAtMs: mtimeMs,
    isInUse: nlink > 1,
  });
}

/** @returns false when there is nothing to link to; one that is there already is as good */
export async function linkOrCopy(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return true;
    if (hasCode(error, 'ENOENT')) return false;
    // a file system without hard links
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EMLINK', 'ENOSYS')) throw error;
    return copy(from, to);
  }
}

async function copy(from: string, to: string): Promise<boolean> {
  const part = `${to}.${randomUUID()}${partEnd}`;
  try {
    await copyFile(from, part, constants.COPYFILE_FICLONE);
    await rename(part, to);
    return true;
  } catch (error) {
    await rm(part, { force: true });
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
