import type { Job } from '@oriel/schemas';
import { hasErrorCode } from '../errors.ts';
import type { NodeClient } from '../node/node-client.ts';
import { createProgressView } from './progress-view.ts';
import { say, type Terminal } from './terminal.ts';

interface FollowOptions {
  readonly label: string;
  /** Whether Ctrl-C ends the job too, and not the watching alone. */
  readonly cancels: boolean;
}

/** How long the server may take to end a job that is cancelled. */
const cancelMsMax = 15_000;

/**
 * Waits for a job's end, with progress.
 *
 * @throws JobError when it fails; whatever the signal was aborted with on Ctrl-C
 */
export async function followJob(
  client: NodeClient,
  job: Job,
  { label, cancels }: FollowOptions,
  terminal: Terminal,
): Promise<Job> {
  const view = createProgressView(terminal);
  const onProgress = ({ state, progress }: Job) =>
    view.show({
      label: state === 'queued' || state === 'paused' ? `${label} (${state})` : label,
      done: progress.rowsDone,
      total: progress.rowsTotal,
      perSecond: progress.rowsPerSecond,
      secondsLeft: progress.secondsLeft,
    });
  try {
    return await client.jobs.finished(job.id, { onProgress, signal: terminal.signal });
  } catch (error) {
    view.end();
    if (terminal.signal.aborted && cancels) await cancel(client, job, terminal);
    throw error;
  } finally {
    view.end();
  }
}

async function cancel(client: NodeClient, { id }: Job, terminal: Terminal): Promise<void> {
  say(terminal, `Cancelling job ${id} …`);
  const signal = AbortSignal.timeout(cancelMsMax);
  try {
    await client.jobs.cancel.mutate({ id }, { signal });
    // its end is an error here, and what was asked for
    await client.jobs.finished(id, { signal }).catch(() => undefined);
    say(terminal, 'The job is cancelled.');
  } catch (error) {
    if (hasErrorCode(error, 'JOB_TRANSITION_REFUSED'))
      say(terminal, 'The job was over before it could be cancelled.');
    else say(terminal, `The job may still run: ${error instanceof Error ? error.message : error}`);
  }
}
