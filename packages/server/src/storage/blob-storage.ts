import type { Readable } from 'node:stream';

/** Bytes that are known by what they are: the same bytes are stored once, whoever brings them. */
export interface Blob {
  /** Hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

export interface StoredBlob extends Blob {
  /** When it was last written; writing bytes that are there already renews it. */
  readonly writtenAt: Date;
}

export interface WriteOptions {
  /** More than this is refused with BODY_TOO_LARGE; nothing of it stays. */
  readonly sizeBytesMax?: number;
  /** Ends the write with the signal's reason; nothing of it stays. */
  readonly signal?: AbortSignal;
}

/** Where to begin and end in bytes, both inclusive as in HTTP; what is past the end is left out. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A blob as a file of this machine, for what reads files only. Released when it goes out of `await using`. */
export interface LocalFile extends AsyncDisposable {
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Where the bytes of datasets and results are: a folder, or S3. A blob is visible once it is whole, and never changes.
 * Every method throws AppError STORAGE_UNAVAILABLE when the storage does not answer.
 */
export interface BlobStorage {
  /**
   * Stores a stream with flat memory. Writing what is there already is no error. The stream is closed when it is not read
   * to its end, and what it throws is thrown here.
   *
   * @throws AppError BODY_TOO_LARGE
   */
  write(bytes: AsyncIterable<Uint8Array>, options?: WriteOptions): Promise<Blob>;
  /**
   * Stores a file of this machine, and takes it: it may be moved.
   *
   * @param known - what it is, where whoever wrote it found that out; it is read for it else
   */
  takeFile(path: string, known?: Blob): Promise<Blob>;
  /** @throws AppError NOT_FOUND */
  read(sha256: string, range?: ByteRange): Promise<Readable>;
  /** The blob as a file; of S3, a copy that is kept while there is room for it. @throws AppError NOT_FOUND */
  openFile(sha256: string): Promise<LocalFile>;
  has(sha256: string): Promise<boolean>;
  /**
   * Deleting what is not there is no error.
   *
   * @param writtenBefore - what was written since then stays, even when another process writes it at this moment
   * @returns whether it was there and is gone
   */
  delete(sha256: string, options?: { readonly writtenBefore?: Date }): Promise<boolean>;
  list(): AsyncIterable<StoredBlob>;
  /** A new empty folder of this machine for what is half done; removed when it goes out of `await using`, or at the next start. */
  openWorkFolder(): Promise<AsyncDisposable & { readonly path: string }>;
  /**
   * Removes what killed processes left half written. What living processes write is renewed twice a minute, so that a time
   * a few minutes ago leaves it alone.
   */
  sweep(before: Date): Promise<void>;
  /** @throws AppError STORAGE_UNAVAILABLE */
  ping(): Promise<void>;
}
