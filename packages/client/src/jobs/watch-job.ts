import { finalJobStates, type Job } from '@oriel/schemas';
import type { ApiCalls } from '../api-calls.ts';
import { followEvents } from './follow-events.ts';
import { pollJob } from './poll-job.ts';

export interface WatchOptions {
  readonly signal?: AbortSignal;
}

interface Pace {
  /** How long a stream of events may take to begin, in milliseconds. */
  readonly patienceMs: number;
  /** Longest that one request may wait for a change, in seconds. */
  readonly waitS: number;
}

/** Each state of a job, from the present one to its last, over whichever way works; none comes twice. */
export async function* watchJob(
  calls: ApiCalls,
  id: string,
  { patienceMs, waitS, signal }: Pace & WatchOptions,
): AsyncGenerator<Job, void> {
  let revision: number | null = null;
  for await (const job of statesOf()) {
    if (revision !== null && job.revision <= revision) continue;
    revision = job.revision;
    yield job;
    if (isFinal(job)) return;
  }

  async function* statesOf() {
    signal?.throwIfAborted();
    yield* followEvents(calls, id, { patienceMs, signal });
    signal?.throwIfAborted();
    yield* pollJob(calls, id, { revision, waitS, signal });
  }
}

function isFinal({ state }: Job): boolean {
  return finalJobStates.some((final) => final === state);
}
