import { copyFile, mkdir, open, rename, rm, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from './storage-errors.ts';

/**
 * Puts a file in its place, all or nothing, over an equal one that is there. On the disk when this returns, if the file's
 * bytes are: a rename that is only in memory is lost with the power.
 */
export async function placeFile(from: string, to: string): Promise<void> {
  const folder = dirname(to);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await rename(from, to).catch((error: unknown) => keepOther(error, { from, to }));
  await syncFolder(folder);
}

/** Windows replaces no file that somebody reads. The one that is there has the same bytes: it is renewed instead. */
async function keepOther(refusal: unknown, { from, to }: { from: string; to: string }): Promise<void> {
  if (!hasCode(refusal, 'EPERM', 'EACCES', 'EBUSY')) throw refusal;
  await renew(to).catch(() => {
    throw refusal;
  });
  await rm(from);
}

/**
 * Puts a file of this machine in its place, as written now.
 *
 * @param via - a path of the same file system as `to`, for files of another one
 */
export async function moveFile(from: string, to: string, via: string): Promise<void> {
  await syncFile(from);
  await renew(from);
  try {
    await placeFile(from, to);
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error;
    await placeCopy({ from, to, via });
    await rm(from);
  }
}

async function placeCopy({ from, to, via }: { from: string; to: string; via: string }): Promise<void> {
  try {
    await copyFile(from, via);
    await syncFile(via);
    await placeFile(via, to);
  } catch (error) {
    await rm(via, { force: true });
    throw error;
  }
}

function renew(path: string): Promise<void> {
  const now = new Date();
  return utimes(path, now, now);
}

/** Windows syncs only what is open for writing. */
async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  await file.sync();
}

/** Some systems open or sync no folders: there the file system alone decides what a lost power takes. */
async function syncFolder(path: string): Promise<void> {
  try {
    await using folder = await open(path, 'r');
    await folder.sync();
  } catch (error) {
    if (!hasCode(error, 'EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP')) throw error;
  }
}
