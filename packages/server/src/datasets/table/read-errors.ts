import { AppError } from '../../errors.ts';
import { unreadable } from './unreadable.ts';

/** Whether DuckDB needed more than it may have. What runs step by step says so after words of its own. */
export function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(?:Failure running pending result task: )?Out of Memory Error/i.test(error.message)
  );
}

/** Whether there was no room on the disk for what does not fit into memory. */
function isOutOfDisk({ message }: Error): boolean {
  return /No space left on device|max_temp_directory_size/i.test(message);
}

function outOfDisk(cause: Error): AppError {
  const message = 'There is no room left to work on this dataset. Try again later.';
  return new AppError('STORAGE_UNAVAILABLE', message, { cause });
}

/**
 * What DuckDB threw while it was at work on tables of ours, as an error that callers may see where they can do something
 * about it.
 *
 * @param memoryMb - that it may have, for all that it is at work on
 */
export function toTableError(error: unknown, memoryMb: number): unknown {
  return told(error, (cause) => {
    const what = `This takes more memory than the ${memoryMb} MiB that the server works on tables with (ORIEL_TABLE_MEMORY_MB)`;
    const message = `${what}. Ask for fewer columns or rows, or leave out the order; or try again when less is going on.`;
    return new AppError('TABLE_MEMORY_EXCEEDED', message, { cause, mayPass: true });
  });
}

/** The same of a thread of jobs, whose memory is for one chunk at a time: what takes more, always does. */
export function toChunkError(error: unknown, memoryMb: number): unknown {
  return told(error, (cause) => {
    const what = `Its rows take more memory than the ${memoryMb} MiB that a thread of jobs works on tables with (its share of ORIEL_TABLE_MEMORY_MB)`;
    const message = `${what}. Leave out columns of large values, or ask the server’s operator to raise the setting.`;
    return new AppError('TABLE_MEMORY_EXCEEDED', message, { cause });
  });
}

function told(error: unknown, memoryExceeded: (cause: Error) => AppError): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  if (isOutOfDisk(error)) return outOfDisk(error);
  return isOutOfMemory(error) ? memoryExceeded(error) : error;
}

/**
 * What DuckDB threw while it read a file of others, as an error that callers may see. Its own texts name files of this
 * machine, and repeat what stands in them: they go to the log alone.
 */
export function toReadError(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const { message } = error;
  if (isOutOfDisk(error)) return outOfDisk(error);
  if (isOutOfMemory(error)) {
    const text =
      'Reading it takes more memory than this server gives to one table (ORIEL_TABLE_MEMORY_MB). Use fewer columns, or smaller values.';
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
