import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Objects } from './s3-objects.ts';
import { storageUnavailable } from './storage-errors.ts';

interface Names {
  readonly key: string;
  /** Another object, that says that `key` may be about to go. */
  readonly marker: string;
}

/** Most time between the marker and the end of the deletion: what takes longer is not done. */
const deletionMsMax = 20_000;
const pollMs = 100;
const triesMax = 3;

/**
 * Removes an object unless it was written since. S3 deletes whatever there is when it is asked, and says nothing of who
 * wins when somebody writes meanwhile. So a marker is there for as long as a deletion is: see {@link outliveDeletion}.
 *
 * @returns whether it was there and is gone
 */
export async function removeOldObject(
  objects: S3Objects,
  { key, marker }: Names,
  writtenBefore: Date,
): Promise<boolean> {
  if (!isOld(await objects.find(key), writtenBefore)) return false;
  const stop = AbortSignal.timeout(deletionMsMax);
  await objects.putMark(marker);
  try {
    if (stop.aborted || !isOld(await objects.find(key), writtenBefore)) return false;
    await objects.delete(key, stop);
    return true;
  } finally {
    await objects.delete(marker);
  }
}

/**
 * After an object was written: writes it again when a deletion took it. When there is no marker, a deletion is either over,
 * and what it did can be seen, or will look at the age of what was written.
 *
 * @throws AppError STORAGE_UNAVAILABLE when it is gone again and again
 */
export async function outliveDeletion(
  objects: S3Objects,
  { key, marker }: Names,
  writeAgain: () => Promise<void>,
): Promise<void> {
  for (let tries = 0; tries < triesMax; tries++) {
    await untilGone(objects, marker);
    if (await objects.find(key)) return;
    await writeAgain();
  }
  throw storageUnavailable(new Error(`${key} was written, and is not there`));
}

/** Waits twice as long as a deletion may take: a marker that is there for longer is that of a killed process. */
async function untilGone(objects: S3Objects, marker: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < 2 * deletionMsMax; waitedMs += pollMs) {
    if (!(await objects.find(marker))) return;
    await sleep(pollMs);
  }
}

/** S3 tells whole seconds: the object may be newer by one. */
const resolutionMs = 1000;

function isOld(object: { readonly writtenAt: Date } | null, writtenBefore: Date): boolean {
  return object !== null && object.writtenAt.getTime() + resolutionMs <= writtenBefore.getTime();
}
