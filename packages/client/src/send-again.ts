import { TRPCClientError } from '@trpc/client';
import { TokenError } from './auth/token-error.ts';
import { problemOf } from './errors.ts';
import { ProblemError } from './problem-error.ts';
import { sleep } from './sleep.ts';

interface Options {
  /** Asked after a failure: false where what was sent is gone, or cannot be sent at all. */
  readonly isRepeatable?: () => boolean;
  readonly attemptsMax?: number;
  readonly signal?: AbortSignal | undefined;
}

const firstPauseMs = 500;
const pauseMsMax = 30_000;

/**
 * Sends again what did not arrive, or was refused for the moment, each time after a longer pause: five attempts, the
 * default, take eight seconds.
 */
export async function sendAgain<T>(
  send: () => Promise<T>,
  { isRepeatable = () => true, attemptsMax = 5, signal }: Options = {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      signal?.throwIfAborted();
      if (!isRepeatable() || attempt === attemptsMax || !mayPass(error)) throw error;
      await sleep(pauseMsAfter(error, attempt), signal);
    }
  }
}

/** Whether the same may work a little later: there was no answer, or one that speaks of the moment. */
function mayPass(error: unknown): boolean {
  if (error instanceof TokenError) return false;
  const cause = error instanceof TRPCClientError ? error.cause : error;
  const problem = problemOf(error);
  const status = problem?.status ?? (cause instanceof ProblemError ? cause.status : null);
  if (status === null) return isUnanswered(cause);
  // the server still waits for the rest of what a broken connection brought
  if (problem?.code === 'IDEMPOTENCY_KEY_IN_FLIGHT' || problem?.code === 'UPLOAD_INCOMPLETE') return true;
  return problem?.code === 'RATE_LIMITED' || [502, 503, 504].includes(status);
}

/** What `fetch` throws, an answer that broke off, one that did not come in time; not that of another server. */
function isUnanswered(cause: unknown): boolean {
  if (cause instanceof TypeError || cause instanceof SyntaxError) return true;
  return cause instanceof DOMException && cause.name === 'TimeoutError';
}

function pauseMsAfter(error: unknown, attempt: number): number {
  const cause = error instanceof TRPCClientError ? error.cause : error;
  const retryAfterS = cause instanceof ProblemError ? cause.retryAfterS : null;
  const pauseMs = retryAfterS === null ? firstPauseMs * 2 ** (attempt - 1) : retryAfterS * 1000;
  // spread, so that many do not come back at once
  return Math.min(pauseMs, pauseMsMax) * (1 + Math.random() / 4);
}
