import { randomUUID } from 'node:crypto';
import type { ItemError, JobKind } from '@oriel/schemas';
import type { Transact } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { createHolds, type Hold } from './holds.ts';
import type { Change, JobChanger, Turn } from './job-changes.ts';
import { type JobOutcome, type JobRunner, LeaseLostError, leaseLost } from './job-runner.ts';
import { ownerGone, stateAfter } from './job-state.ts';
import type { JobQueue, QueueEntry } from './queue.ts';
import type { JobRepository } from './repository.ts';
import { createRunningJob } from './running-job.ts';
import type { StoredJob } from './stored-job.ts';

interface Needs {
  readonly transact: Transact;
  readonly repository: JobRepository;
  readonly changes: JobChanger;
  readonly queue: Pick<JobQueue, 'work'>;
  readonly runners: readonly JobRunner[];
  /** Whether an owner may still do anything. */
  readonly isOwnerActive: (owner: string) => Promise<boolean>;
  readonly logger: {
    info(details: object, message: string): void;
    warn(details: object, message: string): void;
    error(details: object, message: string): void;
  };
  /** How many jobs at once in this process, of each line. */
  readonly concurrency: number;
  /** How many at once of one owner, of each line, over all processes. */
  readonly runningPerOwnerMax: number;
  /** Chunks that are done within so many milliseconds are written down together. */
  readonly togetherMs: number;
  readonly onRows: (kind: JobKind, rows: number, failed: number) => void;
  readonly onError: (kind: JobKind, code: string) => void;
}

/** Attempts without a chunk done before a job is given up: its processes die of it, or nothing comes of it. */
const fruitlessMax = 10;
/** The same for errors that were caught: what failed this often fails again. */
const fruitlessErrorsMax = 4;
/** The same while what every job needs is away: with the breaks between, four minutes, in which most servers are back. */
const fruitlessOutagesMax = 9;
const outages: ReadonlySet<string> = new Set(['STORAGE_UNAVAILABLE', 'DATABASE_UNAVAILABLE']);
const pollS = 2;

/**
 * Does jobs. Each is taken with a lease of its own, so that of two processes that believe to run it, because one of them
 * was thought dead, only the later can write.
 */
export function createWorker(needs: Needs) {
  const { transact, repository, changes, queue, logger, onRows, onError } = needs;
  const runners = new Map(needs.runners.map((runner) => [runner.kind, runner]));
  const holds = createHolds({ readHeld: repository.readHeld, logger });
  const options = { concurrency: needs.concurrency, pollS, perGroupMax: needs.runningPerOwnerMax };
  const stopping = new AbortController();
  /** Once it has begun. */
  let beginning: Promise<void> | undefined;

  return { start, stop, nudge: holds.nudge };

  /**
   * @param modelsLoaded - what scores is not taken before: a job that finds its model still being loaded would be given up
   * after some seconds, and large models take longer
   */
  async function start(modelsLoaded: Promise<unknown>): Promise<void> {
    await queue.work<Turn>('reading', options, handle);
    modelsLoaded
      .then(() => {
        if (!stopping.signal.aborted) beginning = queue.work<Turn>('scoring', options, handle);
        return beginning;
      })
      .catch((err: unknown) => logger.error({ err }, 'this process does no jobs that score'));
  }

  /** Tells what runs to finish its chunk; it is handed back, for another process or the next start. */
  async function stop(): Promise<void> {
    stopping.abort();
    holds.stop();
    await beginning?.catch(() => undefined);
  }

  async function handle({ data: { jobId, turn }, signal }: QueueEntry<Turn>): Promise<void> {
    const lease = randomUUID();
    const taken = await changes.change(jobId, (stored) => take(stored, turn, lease));
    if (taken?.lease !== lease) return;
    const hold = holds.add({ id: jobId, lease, isLost: signal });
    let outcome: JobOutcome | undefined;
    try {
      outcome = await run(taken, hold);
    } finally {
      hold.release();
    }
    await followUp(taken, outcome);
  }

  async function followUp({ job: { id, kind } }: StoredJob, outcome: JobOutcome | undefined): Promise<void> {
    try {
      await outcome?.afterwards?.(stopping.signal);
    } catch (err) {
      if (!stopping.signal.aborted)
        logger.warn({ job: id, kind, err }, 'what was to follow a job was not done');
    }
  }

  /** What becomes of a job whose turn has come; null when that was another turn, or it waits no more. */
  function take({ job, turn: own, fruitless }: StoredJob, turn: string, lease: string): Change | null {
    const state = stateAfter(job.state, 'take');
    if (!state || own !== turn) return null;
    if (state !== 'running') return { state };
    if (fruitless >= fruitlessMax) return { state: 'failed', error: hopeless };
    return {
      state,
      lease,
      attempts: job.attempts + 1,
      fruitless: fruitless + 1,
      rowsPerSecond: null,
      ...(job.startedAt === null && { startedAt: new Date() }),
    };
  }

  /** @returns what came of it when it has succeeded */
  async function run(stored: StoredJob, hold: Hold): Promise<JobOutcome | undefined> {
    const { id, kind, attempts } = stored.job;
    const about = { job: id, kind, attempt: attempts };
    const { lease } = hold;
    try {
      // made by a process that did not know it yet, or with an upload that was on its way
      if (!(await needs.isOwnerActive(stored.owner))) {
        await dismiss(id, lease);
        return;
      }
      const runner = runners.get(kind);
      if (!runner)
        throw new AppError('INTERNAL', `This server has nothing that does jobs of the kind "${kind}".`);
      const running = createRunningJob({
        stored,
        lease,
        signal: hold.signal,
        togetherMs: needs.togetherMs,
        transact,
        repository,
        changes,
        onRows,
      });
      const outcome = await runner.run(running);
      await succeed(id, lease, outcome);
      logger.info(about, 'a job has succeeded');
      return outcome;
    } catch (error) {
      if (error instanceof LeaseLostError || hold.isLost())
        logger.warn(about, 'a job went to another process, which thought this one dead');
      else if (hold.signal.aborted) await putDown(id, lease);
      else await fail(stored, lease, error);
    }
  }

  async function dismiss(id: string, lease: string): Promise<void> {
    await changes.change(
      id,
      whileHeld(lease, () => ({ state: 'cancelled', error: ownerGone })),
    );
  }

  async function succeed(
    id: string,
    lease: string,
    { resultsId, summary, commit }: JobOutcome,
  ): Promise<void> {
    const done = await changes.change(
      id,
      whileHeld(lease, ({ job }) => {
        const state = stateAfter(job.state, 'succeed');
        // why it was to be cancelled, where it was, is of no matter any more
        return state && { state, error: null, ...(resultsId !== undefined && { resultsId }), summary };
      }),
      commit,
    );
    if (!done) throw leaseLost(id);
  }

  /** Grants the wish to pause or to cancel; a job that is only to leave this process goes back into line. */
  async function putDown(id: string, lease: string): Promise<void> {
    await changes.change(
      id,
      whileHeld(lease, ({ job, fruitless }) => {
        const state = stateAfter(job.state, 'release');
        // nothing came of it, but it was not the job's fault
        return state && { state, fruitless: Math.max(0, fruitless - 1) };
      }),
    );
  }

  async function fail({ job }: StoredJob, lease: string, error: unknown): Promise<void> {
    const about = { job: job.id, kind: job.kind, attempt: job.attempts, err: error };
    const made: { given: ItemError | null } = { given: null };
    try {
      await changes.change(
        job.id,
        // as it is now: chunks that this attempt has done make a new beginning
        whileHeld(lease, ({ job: now, fruitless }) => {
          made.given = giveUpWith(error, fruitless);
          const state = stateAfter(now.state, made.given ? 'fail' : 'release');
          if (made.given) return state && { state, error: made.given };
          return state && { state, startAfterS: Math.min(60, 2 ** Math.max(1, fruitless)) };
        }),
      );
    } finally {
      const { given } = made;
      if (given) logger.warn({ ...about, code: given.code }, 'a job has failed');
      else logger.warn(about, 'a job could not go on, and is tried again');
      if (given) onError(job.kind, given.code);
    }
  }
}

/** Decides only while the lease is the own one. */
function whileHeld(lease: string, decide: (stored: StoredJob) => Change | null) {
  return (stored: StoredJob) => (stored.lease === lease ? decide(stored) : null);
}

/** What passes with time: the same attempt may go well in a moment. */
const passingKinds: ReadonlySet<string> = new Set(['unavailable', 'timeout', 'cancelled']);

function mayPassWithTime({ kind, mayPass }: AppError): boolean {
  return mayPass || passingKinds.has(kind);
}

/** Why the job fails for good; null when it is tried again. */
function giveUpWith(error: unknown, fruitless: number): ItemError | null {
  if (error instanceof AppError && !mayPassWithTime(error)) {
    const { code, message, issues } = error;
    return { code, message, ...(issues && { issues: [...issues] }) };
  }
  const isOutage = error instanceof AppError && outages.has(error.code);
  if (fruitless < (isOutage ? fruitlessOutagesMax : fruitlessErrorsMax)) return null;
  if (error instanceof AppError) return { code: error.code, message: error.message };
  return {
    code: 'INTERNAL',
    message: 'Something went wrong on the server, each time that this job was tried.',
  };
}

const hopeless: ItemError = {
  code: 'WORKER_CRASHED',
  message: `The job was begun ${fruitlessMax} times, and each time the server ended before it got anywhere.`,
};
