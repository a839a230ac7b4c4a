import { randomUUID } from 'node:crypto';
import type { Job, JobKind, JobState } from '@oriel/schemas';
import type { Transact, Transaction } from '../db/transaction.ts';
import { isFinal, isHeld } from './job-state.ts';
import type { JobQueue, QueueName } from './queue.ts';
import type { JobChanges, JobRepository } from './repository.ts';
import type { StoredJob } from './stored-job.ts';

/** What an entry of the lines of jobs says: the job, and the turn that it is. */
export interface Turn {
  readonly jobId: string;
  readonly turn: string;
}

/** What becomes of a job; its state is part of it also where it stays. */
export interface Change extends JobChanges {
  readonly state: JobState;
  /** For a job that goes back into line: not before so many seconds. */
  readonly startAfterS?: number;
}

/** A job that has just ended, however it did. */
export interface EndedJob extends Pick<Job, 'kind' | 'state' | 'error'> {
  readonly input: unknown;
}

interface Needs {
  readonly transact: Transact;
  readonly repository: Pick<JobRepository, 'lock' | 'change'>;
  readonly queue: Pick<JobQueue, 'send' | 'wake'>;
  /** Writes what else follows from the end of a job, in the same transaction. */
  readonly onEnded?: (ended: EndedJob, tx: Transaction) => Promise<void>;
  /** Told of each change once it is for good, in this process. */
  readonly onChanged?: (job: Job) => void;
}

export type JobChanger = ReturnType<typeof createJobChanges>;

/** The line that a job of this kind waits in. */
export function queueOf(kind: JobKind): QueueName {
  return kind === 'dataset.predict' || kind === 'inputs.predict' ? 'scoring' : 'reading';
}

/**
 * Changes of jobs, with everything that must happen together with them: the event, the place in line, the webhook. All of
 * it is in one transaction on the locked job, so that no process sees or does half of it.
 */
export function createJobChanges({ transact, repository, queue, onEnded, onChanged }: Needs) {
  return { change, enqueue, announce };

  /**
   * @param decide - what becomes of the job as it is now; null: nothing. What it throws leaves the job as it was.
   * @param also - what is written in the same transaction
   * @returns the job after the change; null when there is none, or nothing was decided
   */
  async function change(
    id: string,
    decide: (stored: StoredJob) => Change | null,
    also?: (tx: Transaction) => Promise<void>,
  ): Promise<StoredJob | null> {
    const changed = await transact(async (tx) => {
      const stored = await repository.lock(tx, id);
      const decided = stored && decide(stored);
      if (!decided) return null;
      await also?.(tx);
      return apply(tx, stored, decided);
    });
    if (changed) announce(changed.job);
    return changed;
  }

  async function apply(
    tx: Transaction,
    stored: StoredJob,
    { startAfterS, ...changes }: Change,
  ): Promise<StoredJob> {
    const { id, state } = stored.job;
    const next = changes.state;
    if (next === state && Object.keys(changes).length === 1) return stored;
    const turn = next === 'queued' && state !== 'queued' ? randomUUID() : undefined;
    const changed = await repository.change(tx, id, {
      ...(!isHeld(next) && { lease: null }),
      ...(isFinal(next) && { turn: null, finishedAt: new Date() }),
      ...(turn !== undefined && { turn }),
      ...changes,
    });
    if (turn !== undefined) await enqueue(tx, changed, startAfterS);
    if (isFinal(next)) await end(tx, changed);
    return changed;
  }

  async function end(tx: Transaction, { job, owner, input, webhookUrl }: StoredJob): Promise<void> {
    await onEnded?.({ kind: job.kind, state: job.state, error: job.error, input }, tx);
    if (webhookUrl !== null) await queue.send(tx, 'webhooks', { jobId: job.id }, { group: owner });
  }

  /** Puts a job in line. */
  async function enqueue(
    tx: Transaction,
    { job, owner, turn }: StoredJob,
    startAfterS?: number,
  ): Promise<void> {
    if (turn === null) throw new Error(`the job ${job.id} has no turn`);
    await queue.send(tx, queueOf(job.kind), { jobId: job.id, turn } satisfies Turn, {
      group: owner,
      priority: job.priority,
      ...(startAfterS !== undefined && { startAfterS }),
    });
  }

  /** Says in this process that a job has changed, once that is for good. */
  function announce(job: Job): void {
    if (job.state === 'queued') queue.wake(queueOf(job.kind));
    else if (isFinal(job.state)) queue.wake('webhooks');
    onChanged?.(job);
  }
}
