import type { Job } from '@oriel/schemas';
import type { ApiCalls } from '../api-calls.ts';
import { sendAgain } from '../send-again.ts';
import { sleep } from '../sleep.ts';

interface PollOptions {
  /** The revision that the caller has; null: none. */
  readonly revision: number | null;
  /** Longest that one request may wait for a change, in seconds; 0: it is answered at once. */
  readonly waitS: number;
  readonly signal?: AbortSignal | undefined;
}

/** A server that is started anew has some minutes for it. */
const attemptsMax = 12;
/** Between requests that do not wait themselves. */
const pauseMs = 1000;

/** The states of a job without end, each asked for with a request that waits for the next change. */
export async function* pollJob(
  { jobs }: ApiCalls,
  id: string,
  { revision, waitS, signal }: PollOptions,
): AsyncGenerator<Job, never> {
  let known = revision;
  for (;;) {
    const input = known === null ? { id } : { id, revision: known, waitS };
    // alone: the answers to other calls do not wait for this one
    const options = { context: { alone: true }, ...(signal && { signal }) };
    const job = await sendAgain(() => jobs.get.query(input, options), { attemptsMax, signal });
    known = job.revision;
    yield job;
    if (waitS === 0) await sleep(pauseMs, signal);
  }
}
