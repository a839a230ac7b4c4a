import { AppError } from '../errors.ts';

/** Only these are names of blobs: nothing that a caller sends can become another path. */
export function isSha256(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name);
}

export function blobNotFound(): AppError {
  return new AppError('NOT_FOUND', 'The bytes that were asked for are not stored here, or no longer.');
}

export function blobTooLarge(sizeBytesMax: number): AppError {
  return new AppError(
    'BODY_TOO_LARGE',
    `There are more than ${sizeBytesMax} bytes, which is the most that is taken. Send less, or in parts.`,
  );
}

export function storageUnavailable(cause: unknown): AppError {
  return new AppError('STORAGE_UNAVAILABLE', 'The storage does not answer. Try again in a moment.', {
    retryAfterS: 5,
    cause,
  });
}

/**
 * Does one thing with the storage, and nothing else: whatever fails in there is the storage's fault.
 *
 * @throws AppError STORAGE_UNAVAILABLE, or the AppError that `work` throws
 */
export async function unlessStorageDown<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof AppError ? error : storageUnavailable(error);
  }
}

/** Whether a file system answered with one of these codes, e.g. `ENOENT`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
  );
}
