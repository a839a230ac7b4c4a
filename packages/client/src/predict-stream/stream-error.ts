import type { ErrorCode, ItemError } from '@oriel/schemas';

interface Extra {
  readonly line?: number;
  readonly error?: ItemError;
  readonly cause?: unknown;
}

/** A stream of predictions that broke off: results that came before it stand. */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  /** Null when the connection just ended. */
  readonly code: ErrorCode | null;
  /** The first input that was not answered, the first of all being 1; null when the server did not say. */
  readonly line: number | null;

  constructor(message: string, { line, error, cause }: Extra = {}) {
    super(message, { cause });
    this.code = error?.code ?? null;
    this.line = line ?? null;
  }
}
