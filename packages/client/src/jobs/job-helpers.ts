import type { Job, ListJobsInput } from '@oriel/schemas';
import type { ApiCalls } from '../api-calls.ts';
import type { Connection } from '../connection.ts';
import { eachItem } from '../pages.ts';
import { JobError } from './job-error.ts';
import { type WatchOptions, watchJob } from './watch-job.ts';

export interface FinishedOptions extends WatchOptions {
  /** Told each state, the last one included. */
  readonly onProgress?: (job: Job) => void;
}

/** What the typed client can do with jobs beside the procedures of the API. */
export interface JobHelpers {
  /**
   * Each state of a job, from the present one to its last. A stream that breaks is opened again where it was; where
   * streams do not come through, as behind some proxies, the server is asked for the next change again and again.
   *
   * @example
   * for await (const { state, progress } of client.jobs.watch(job.id)) show(state, progress.rowsDone);
   */
  watch(id: string, options?: WatchOptions): AsyncGenerator<Job, void>;
  /**
   * Waits until a job has succeeded.
   *
   * @throws JobError when it failed or was cancelled
   * @example
   * const { resultsId } = await client.jobs.finished(job.id, { onProgress: ({ progress }) => show(progress) });
   */
  finished(id: string, options?: FinishedOptions): Promise<Job>;
  /** Jobs one by one, newest first. */
  eachJob(
    input?: Partial<Omit<ListJobsInput, 'cursor'>>,
    options?: { readonly signal?: AbortSignal },
  ): AsyncGenerator<Job, void>;
}

const patienceMs = 8000;
const waitSecondsMax = 20;

export function createJobHelpers(calls: ApiCalls, { timeoutMs }: Connection): JobHelpers {
  // a request that waits must be answered before it is given up
  const waitS = Math.min(waitSecondsMax, Math.floor(timeoutMs / 2000));
  const watch: JobHelpers['watch'] = (id, options) => watchJob(calls, id, { patienceMs, waitS, ...options });
  return {
    watch,
    async finished(id, { onProgress, signal } = {}) {
      for await (const job of watch(id, signal && { signal })) {
        onProgress?.(job);
        if (job.state === 'succeeded') return job;
        if (job.state === 'failed' || job.state === 'cancelled') throw new JobError(job);
      }
      throw new Error(`The job ${id} could not be watched to its end.`);
    },
    eachJob: (input = {}, { signal } = {}) =>
      eachItem((cursor) =>
        calls.jobs.list.query({ ...input, ...(cursor !== undefined && { cursor }) }, signal && { signal }),
      ),
  };
}
