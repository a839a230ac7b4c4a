import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { placeFile } from './move-file.ts';
import { hasCode, isSha256 } from './storage-errors.ts';
import { namesIn, statOf } from './work-folders.ts';

const leaving = '.leaving';

interface Old {
  readonly sha256: string;
  readonly path: string;
  readonly writtenBefore: Date;
  /** A folder of the same file system. */
  readonly incoming: string;
}

/**
 * Removes a blob unless it was written since. Out of reach first, then looked at: what was renamed away cannot be renewed
 * any more, and what was renewed just before goes back. Equal bytes that are written in between take the place that is
 * empty then, and nothing touches them.
 *
 * @returns whether it was there and is gone
 */
export async function removeOldFile({ sha256, path, writtenBefore, incoming }: Old): Promise<boolean> {
  if (!(await isOld(path, writtenBefore))) return false;
  const away = join(incoming, `${sha256}.${randomUUID()}${leaving}`);
  const isAway = await unlessGone(rename(path, away));
  if (!isAway) return false;
  if (await isOld(away, writtenBefore)) return unlessGone(rm(away));
  await unlessGone(placeFile(away, path));
  return false;
}

/** Puts back what a process that was killed between the two steps left away: it is whole, and may be new. */
export async function putBackLeaving(incoming: string, pathOf: (sha256: string) => string): Promise<void> {
  for (const name of await namesIn(incoming)) {
    const sha256 = name.slice(0, 64);
    if (name.endsWith(leaving) && isSha256(sha256))
      await unlessGone(placeFile(join(incoming, name), pathOf(sha256)));
  }
}

async function isOld(path: string, before: Date): Promise<boolean> {
  const status = await statOf(path);
  return status !== null && status.mtime < before;
}

/** False when another process was faster. */
export async function unlessGone(change: Promise<void>): Promise<boolean> {
  try {
    await change;
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
