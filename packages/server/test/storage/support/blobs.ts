import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { BlobStorage } from '../../../src/storage/blob-storage.ts';

const dayMs = 86_400_000;
export const daysAgo = (days: number) => new Date(Date.now() - days * dayMs);
export const inAnHour = () => new Date(Date.now() + 3_600_000);
export const sha256Of = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
/** The name of bytes that are nowhere. */
export const absent = sha256Of('nobody ever wrote this');

export async function* chunks(...parts: (string | Uint8Array)[]) {
  for (const part of parts) yield Buffer.from(part);
}

/** Gives some bytes, and then nothing more, ever. */
export function stalling() {
  const source = new Readable({ read() {} });
  source.push('the first of');
  return source;
}

export async function textOf(stream: Readable): Promise<string> {
  return Buffer.concat(await stream.toArray()).toString();
}

export async function listOf(storage: BlobStorage) {
  const blobs = [];
  for await (const blob of storage.list()) blobs.push(blob);
  return blobs;
}
