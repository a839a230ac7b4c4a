import { AppError } from '../../errors.ts';
import { unreadable } from './unreadable.ts';

/** Whether DuckDB needed more than it may have. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && /^Out of Memory Error/i.test(error.message);
}

/**
 * What DuckDB threw, as an error that callers may see. Its own texts name files of this machine, and repeat what stands
 * in them: they go to the log alone.
 */
export function toReadError(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const { message } = error;
  if (/No space left on device|max_temp_directory_size/i.test(message))
    return new AppError(
      'STORAGE_UNAVAILABLE',
      'There is no room left to work on this dataset. Try again later.',
      {
        cause: error,
      },
    );
  if (isOutOfMemory(error)) {
    const text =
      'Reading it takes more memory than this server gives to one table. Use fewer columns, or smaller values.';
    return unreadable({ rule: 'too_large_for_memory', message: text }, error);
  }
  // what it stumbles over in a file; it does not when the fault is ours
  if (
    /^(Invalid|Invalid Input|Conversion|IO|Out of Range|Serialization|Not implemented|INTERNAL) Error/i.test(
      message,
    )
  )
    return unreadable(
      { rule: 'damaged', message: 'Its content is damaged, or not what its format says.' },
      error,
    );
  return error;
}
