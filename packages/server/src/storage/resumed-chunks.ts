import type { Readable } from 'node:stream';
import type { ByteRange } from './blob-storage.ts';
import { storageUnavailable } from './storage-errors.ts';

/** In a row, without a byte in between. */
const breaksMax = 3;

/**
 * The bytes of a stream that may break off, asked for again from where it broke: large downloads outlive a connection,
 * and a reader that pauses may have its connection closed.
 *
 * @param first - opened already
 * @throws AppError what `open` throws; STORAGE_UNAVAILABLE when it breaks off again and again
 */
export async function* resumedChunks(
  first: Readable,
  { start, end }: ByteRange,
  open: (range: ByteRange) => Promise<Readable>,
): AsyncGenerator<Buffer, void, void> {
  let body = first;
  let chunks = chunksOf(body);
  let at = start;
  let breaks = 0;
  try {
    while (true) {
      const next = await readNext(chunks);
      if ('cause' in next) {
        if (++breaks === breaksMax) throw storageUnavailable(next.cause);
        body = await open({ start: at, end });
        chunks = chunksOf(body);
      } else {
        if (next.done) return;
        breaks = 0;
        at += next.value.byteLength;
        yield next.value;
      }
    }
  } finally {
    body.destroy();
  }
}

type Chunks = AsyncIterator<Buffer, undefined>;

/** A stream without an encoding gives buffers. */
function chunksOf(body: Readable): Chunks {
  return body[Symbol.asyncIterator]();
}

/** Apart from the loop, so that what the reader throws into it is not taken for a break. */
async function readNext(chunks: Chunks): Promise<IteratorResult<Buffer, undefined> | { cause: unknown }> {
  try {
    return await chunks.next();
  } catch (cause) {
    return { cause };
  }
}
