import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

/**
 * Writes a stream to a file, which is there whole or not at all: what stood there before stays until all has come.
 *
 * @returns how many bytes came
 */
export async function saveStream(
  stream: ReadableStream<Uint8Array>,
  path: string | URL,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<number> {
  const target = path instanceof URL ? fileURLToPath(path) : path;
  const unfinished = `${target}.${randomUUID().slice(0, 8)}.part`;
  // `wx`: never through a link that somebody else has put there
  const file = createWriteStream(unfinished, { flags: 'wx' });
  try {
    await pipeline(stream, file, signal ? { signal } : {});
    await rename(unfinished, target);
    return file.bytesWritten;
  } catch (error) {
    // a stream that breaks at once does so before the file is there: it must not be made after its removal
    if (!file.closed) await new Promise((resolve) => file.once('close', resolve));
    await rm(unfinished, { force: true });
    throw error;
  }
}
