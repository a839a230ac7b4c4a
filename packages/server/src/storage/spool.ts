import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Blob, WriteOptions } from './blob-storage.ts';
import { blobTooLarge, unlessStorageDown } from './storage-errors.ts';
import { untilAborted } from './until-aborted.ts';

/** Streams of short lines would else cost a system call for each. */
const gatherBytes = 262_144;

/**
 * Files that are being written. A source that never ends and that nobody holds any more would else take its file along
 * when memory is collected, which ends the process.
 */
const openFiles = new Set<FileHandle>();

/**
 * Writes a stream to a new file, on the disk when this returns, and finds out what it is called on the way. The caller
 * removes the file when this throws.
 *
 * @throws AppError BODY_TOO_LARGE, STORAGE_UNAVAILABLE; what the stream throws; the reason of the signal
 */
export async function spool(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
  { sizeBytesMax = Number.POSITIVE_INFINITY, signal }: WriteOptions = {},
): Promise<Blob> {
  const file = await unlessStorageDown(() => open(path, 'wx', 0o600));
  openFiles.add(file);
  try {
    const blob = await pump(untilAborted(bytes, signal), file, sizeBytesMax);
    await unlessStorageDown(() => file.sync());
    return blob;
  } finally {
    openFiles.delete(file);
    await unlessStorageDown(() => file.close());
  }
}

async function pump(bytes: AsyncIterable<Uint8Array>, file: FileHandle, sizeBytesMax: number): Promise<Blob> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of gathered(bytes)) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > sizeBytesMax) throw blobTooLarge(sizeBytesMax);
    hash.update(chunk);
    // goes on where the last one ended, and writes all of it
    await unlessStorageDown(() => file.writeFile(chunk));
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

/** Each chunk is good until the next one is asked for. */
async function* gathered(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const buffer = Buffer.allocUnsafeSlow(gatherBytes);
  let filled = 0;
  for await (const chunk of bytes) {
    if (filled > 0 && filled + chunk.byteLength > gatherBytes) {
      yield buffer.subarray(0, filled);
      filled = 0;
    }
    if (chunk.byteLength >= gatherBytes) yield chunk;
    else {
      buffer.set(chunk, filled);
      filled += chunk.byteLength;
    }
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}

/** @throws AppError STORAGE_UNAVAILABLE when the file cannot be read */
export async function hashFile(path: string): Promise<Blob> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  await unlessStorageDown(async () => {
    for await (const chunk of createReadStream(path, { highWaterMark: gatherBytes })) {
      // a stream without an encoding gives buffers
      const bytes = chunk as Buffer;
      hash.update(bytes);
      sizeBytes += bytes.byteLength;
    }
  });
  return { sha256: hash.digest('hex'), sizeBytes };
}

/** The same, for threads of their own: blocks the one that it is called on. @throws what the file system says */
export function hashFileSync(path: string): Blob {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(gatherBytes);
  let sizeBytes = 0;
  const file = openSync(path, 'r');
  try {
    for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer)) {
      hash.update(buffer.subarray(0, count));
      sizeBytes += count;
    }
  } finally {
    closeSync(file);
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}
