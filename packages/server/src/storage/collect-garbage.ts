import type { BlobStorage } from './blob-storage.ts';

interface Options {
  readonly storage: Pick<BlobStorage, 'list' | 'delete'>;
  /** Whether anything still names these bytes. */
  readonly isReferenced: ((sha256: string) => Promise<boolean>) | ReadonlySet<string>;
  /** How long bytes may be there before something names them; default 24 hours. */
  readonly graceMs?: number;
  readonly now?: () => Date;
  readonly signal?: AbortSignal;
}

const dayMs = 86_400_000;

/**
 * Deletes the blobs that nothing refers to and that were not written within the grace time. Bytes are stored first and
 * named after, so that a new blob is always unnamed for a while; one that is written again while it is looked at stays.
 *
 * @returns how many went, and how many bytes they had
 */
export async function collectGarbage(options: Options): Promise<{ blobs: number; sizeBytes: number }> {
  const { storage, isReferenced, graceMs = dayMs, now = () => new Date(), signal } = options;
  const writtenBefore = new Date(now().getTime() - graceMs);
  const gone = { blobs: 0, sizeBytes: 0 };
  for await (const { sha256, sizeBytes, writtenAt } of storage.list()) {
    signal?.throwIfAborted();
    if (writtenAt >= writtenBefore || (await isNamed(sha256))) continue;
    if (!(await storage.delete(sha256, { writtenBefore }))) continue;
    gone.blobs++;
    gone.sizeBytes += sizeBytes;
  }
  return gone;

  async function isNamed(sha256: string): Promise<boolean> {
    return typeof isReferenced === 'function' ? isReferenced(sha256) : isReferenced.has(sha256);
  }
}
