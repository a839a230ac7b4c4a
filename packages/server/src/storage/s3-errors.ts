import { blobNotFound, storageUnavailable } from './storage-errors.ts';

interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * What the SDK threw, as our own: NOT_FOUND for an object that is not there, and STORAGE_UNAVAILABLE for everything else,
 * wrong credentials and a bucket that is gone among it: no caller can do anything about those.
 */
export function toStorageError(error: unknown): Error {
  const isObjectMissing = isService(error) && statusOf(error) === 404 && error.name !== 'NoSuchBucket';
  return isObjectMissing ? blobNotFound() : storageUnavailable(error);
}

/** What begins after the last byte of an object. */
export function isRangeEmpty(error: unknown): boolean {
  return isService(error) && statusOf(error) === 416;
}

/** Servers that speak a part of S3 only. */
export function isNotImplemented(error: unknown): boolean {
  return isService(error) && (statusOf(error) === 501 || error.name === 'NotImplemented');
}

function isService(error: unknown): error is ServiceError {
  return error instanceof Error && '$metadata' in error;
}

function statusOf({ $metadata }: ServiceError): number | undefined {
  return $metadata?.httpStatusCode;
}
