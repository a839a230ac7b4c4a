import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

/** What a path leads to: a file, which may not be there yet, a folder, or a device or a pipe, which takes what it gets. */
export interface WriteTarget {
  readonly kind: 'file' | 'folder' | 'device';
  /** Of a link, where it leads. */
  readonly path: string;
}

/** Says what would be written to. A link is followed, so that it stays one. */
export async function findTarget(path: string): Promise<WriteTarget> {
  const found = await stat(path).catch(() => null);
  if (!found) return { kind: 'file', path };
  if (found.isDirectory()) return { kind: 'folder', path };
  return found.isFile() ? { kind: 'file', path: await realpath(path) } : { kind: 'device', path };
}

/**
 * Writes a stream to a file, which is there whole or not at all: what stood there before stays until all has come. A
 * device or a pipe gets the bytes as they come.
 *
 * @returns how many bytes came
 */
export async function saveStream(
  stream: ReadableStream<Uint8Array>,
  path: string | URL,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<number> {
  const target = await findTarget(path instanceof URL ? fileURLToPath(path) : path);
  if (target.kind === 'file') return replaceFile(stream, target.path, signal);
  // a folder says itself that it is one
  const output = createWriteStream(target.path);
  await pipeline(stream, output, signal ? { signal } : {});
  return output.bytesWritten;
}

async function replaceFile(
  stream: ReadableStream<Uint8Array>,
  target: string,
  signal: AbortSignal | undefined,
): Promise<number> {
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
