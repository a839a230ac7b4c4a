import type { Problem } from '@oriel/schemas';

interface Answer {
  readonly status: number;
  /** Null when it was no Oriel server that answered, e.g. a proxy in front of it. */
  readonly problem: Problem | null;
  readonly retryAfterS?: number | null;
  readonly cause?: unknown;
}

/** An upload, a download or a stream that the server refused. `problemOf` reads it as it reads other failures. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly problem: Problem | null;
  /** Seconds after which the server asks to be tried again; null when it does not say. */
  readonly retryAfterS: number | null;

  constructor({ status, problem, retryAfterS = null, cause }: Answer) {
    super(problem?.detail ?? `The answer was ${status}, and not one of an Oriel server.`, { cause });
    this.status = status;
    this.problem = problem;
    this.retryAfterS = retryAfterS;
  }
}
