import type { AppError } from '../errors.ts';

/** Some rows of a stream, as many as came together. */
export interface RowBatch {
  /** As they travel, not validated; an AppError stands where a row could not be read. */
  readonly inputs: readonly unknown[];
  /** The line of the body that each row ended on; the first line is 1. */
  readonly lines: readonly number[];
}

/** A stream that cannot be read on: what came before its end is answered. */
export class StreamEndedError extends Error {
  override readonly name = 'StreamEndedError';
  /** Where it could not be read. */
  readonly line: number;
  readonly reason: AppError;

  constructor(line: number, reason: AppError) {
    super(reason.message);
    this.line = line;
    this.reason = reason;
  }
}
