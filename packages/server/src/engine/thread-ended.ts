import type { ThreadExitReason } from './engine-types.ts';
import { heapFullExitCode } from './worker/protocol.ts';

/** The thread ended before it answered: nothing is known of what it did. */
export class ThreadEndedError extends Error {
  override readonly name = 'ThreadEndedError';
  readonly reason: ThreadExitReason;

  constructor(reason: ThreadExitReason, cause: unknown) {
    super(`the thread ended (${reason})`, { cause });
    this.reason = reason;
  }
}

/** Why a thread ended by itself, from the error that Piscina gives for it; none means that it exited while idle. */
export function exitReasonOf(error: unknown): ThreadExitReason {
  if (!(error instanceof Error)) return 'exit';
  if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') return 'heap';
  if (error.message === `worker exited with code: ${heapFullExitCode}`) return 'heap';
  return error.message.startsWith('worker exited with code:') ? 'exit' : 'error';
}
