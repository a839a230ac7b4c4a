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
  /** Ends what the last stream reads from: a request that is aborted does not. */
  close(): void;
}

/**
 * @param canStream - whether requests with a stream as their body work here; browsers that have none, or only with
 *   HTTP/2, get the whole as a blob, which they may keep on disk
 * @throws TypeError for what cannot be uploaded
 */
export async function toUploadBody(source: UploadSource, canStream: boolean): Promise<UploadBody> {
  checkSource(source);
  if (source instanceof Blob) return toBlobBody(source);
  // a copy, since a blob may not be of shared memory
  if (source instanceof Uint8Array) return toBlobBody(new Blob([new Uint8Array(source)]));
  const body = toStreamBody(source);
  return canStream ? body : toBlobBody(await new Response(body.openStream()).blob());
}

/** Not all programs have their types checked. */
function checkSource(source: unknown): void {
  const isSource =
    typeof source === 'function' ||
    (typeof source === 'object' &&
      source !== null &&
      (source instanceof Blob ||
        source instanceof Uint8Array ||
        source instanceof ReadableStream ||
        Symbol.asyncIterator in source));
  if (!isSource)
    throw new TypeError(
      'Only a File or Blob, a Uint8Array, a stream of bytes and a function that opens one can be uploaded; paths of files, with the client of @oriel/client/node.',
    );
}

function toBlobBody(blob: Blob): UploadBody {
  return {
    totalBytes: blob.size,
    isRepeatable: true,
    fileName: blob instanceof File && blob.name !== '' ? blob.name : null,
    blob,
    openStream: () => blob.stream(),
    failure: () => undefined,
    close: () => undefined,
  };
}

function toStreamBody(source: Stream | (() => Stream)): UploadBody {
  let failure: unknown;
  let opened: OpenStream | undefined;
  return {
    totalBytes: null,
    isRepeatable: typeof source === 'function',
    fileName: null,
    blob: null,
    openStream() {
      const stream = watch(() => open(typeof source === 'function' ? source() : source));
      opened = stream;
      return new ReadableStream({
        async pull(controller) {
          const { done, value } = await stream.next().catch(fail);
          if (done) controller.close();
          else controller.enqueue(watch(() => toBytes(value)));
        },
        async cancel() {
          await stream.close();
        },
      });
    },
    failure: () => failure,
    close: () => void opened?.close().catch(() => undefined),
  };

  function watch<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      return fail(error);
    }
  }

  function fail(error: unknown): never {
    failure = error;
    throw error;
  }
}

/** What is read from, piece by piece. */
interface OpenStream {
  next(): Promise<{ readonly done?: boolean | undefined; readonly value?: unknown }>;
  close(): Promise<unknown>;
}

function open(stream: Stream): OpenStream {
  if (stream instanceof ReadableStream) {
    const reader = stream.getReader();
    return { next: () => reader.read(), close: () => reader.cancel() };
  }
  const iterator = stream[Symbol.asyncIterator]();
  return { next: () => iterator.next(), close: async () => iterator.return?.() };
}

/** @throws TypeError for what is neither bytes nor text, which streams of Node.js with an encoding give */
function toBytes(piece: unknown): Uint8Array<ArrayBuffer> {
  // never of shared memory: `fetch` refuses that
  if (piece instanceof Uint8Array) return piece as Uint8Array<ArrayBuffer>;
  if (typeof piece === 'string') return new TextEncoder().encode(piece);
  throw new TypeError('The stream to upload must be one of bytes (Uint8Array).');
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
