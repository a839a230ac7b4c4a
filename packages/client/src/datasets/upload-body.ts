/**
 * What can be uploaded; a `File` brings its name along. A stream cannot be sent again when the connection breaks, but
 * for one that a function opens anew.
 */
export type UploadSource = Blob | Uint8Array | Stream | (() => Stream);

type Stream = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** A source, ready to be sent, once or more often. */
export interface UploadBody {
  /** Null when it is not known before the end. */
  readonly totalBytes: number | null;
  /** Whether it can be sent again: what came out of a stream is gone. */
  readonly isRepeatable: boolean;
  readonly fileName: string | null;
  /** Null for what is only there as a stream. */
  readonly blob: Blob | null;
  /** The bytes from the beginning. */
  openStream(): ReadableStream<Uint8Array>;
  /** What the source failed with, which a request that it broke does not say; undefined when it did not. */
  failure(): unknown;
}

/**
 * @param canStream - whether requests with a stream as their body work here; browsers that have none, or only with
 *   HTTP/2, get the whole as a blob, which they may keep on disk
 */
export async function toUploadBody(source: UploadSource, canStream: boolean): Promise<UploadBody> {
  if (source instanceof Blob) return toBlobBody(source);
  // a copy, since a blob may not be of shared memory
  if (source instanceof Uint8Array) return toBlobBody(new Blob([new Uint8Array(source)]));
  const isRepeatable = typeof source === 'function';
  let failure: unknown;
  const onFailure = (error: unknown) => {
    failure = error;
  };
  const openStream = () => toStream(isRepeatable ? source() : source, onFailure);
  if (!canStream) return toBlobBody(await new Response(openStream()).blob());
  return { totalBytes: null, isRepeatable, fileName: null, blob: null, openStream, failure: () => failure };
}

function toBlobBody(blob: Blob): UploadBody {
  return {
    totalBytes: blob.size,
    isRepeatable: true,
    fileName: blob instanceof File && blob.name !== '' ? blob.name : null,
    blob,
    openStream: () => blob.stream(),
    failure: () => undefined,
  };
}

/** Reads only when asked; ends what it reads from when the request ends first. */
function toStream(source: Stream, onFailure: (error: unknown) => void): ReadableStream<Uint8Array> {
  if (source instanceof ReadableStream) return source;
  const iterator = source[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        onFailure(error);
        throw error;
      }
    },
    async cancel(reason) {
      await iterator.return?.(reason);
    },
  });
}

/** The stream as it is; `onBytes` is told how much of it has been read. */
export function countBytes(
  stream: ReadableStream<Uint8Array>,
  onBytes: (totalBytes: number) => void,
): ReadableStream<Uint8Array> {
  let bytes = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      controller.enqueue(chunk);
      onBytes(bytes);
    },
  });
  return stream.pipeThrough(counter);
}
