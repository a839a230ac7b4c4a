import type { JobKind } from '@oriel/schemas';
import type { Transact } from '../db/transaction.ts';
import type { JobChanger } from './job-changes.ts';
import { type DoneChunk, leaseLost, type RunningJob, sumOf } from './job-runner.ts';
import type { JobRepository } from './repository.ts';
import type { StoredJob } from './stored-job.ts';

interface Options {
  readonly stored: StoredJob;
  /** What every write is conditional on. */
  readonly lease: string;
  readonly signal: AbortSignal;
  readonly togetherMs: number;
  readonly transact: Transact;
  readonly repository: Pick<JobRepository, 'insertChunks' | 'listChunks'>;
  readonly changes: Pick<JobChanger, 'change' | 'announce'>;
  readonly onRows: (kind: JobKind, rows: number, failed: number) => void;
}

/** "Of late" is this long, in milliseconds. */
const rateWindowMs = 20_000;

/** A job in the hands of its runner, for as long as the lease is its own. */
export function createRunningJob(options: Options): RunningJob {
  const { stored, lease, signal, togetherMs, transact, repository, changes, onRows } = options;
  const { id, kind } = stored.job;
  const rateAfter = rateMeter();

  return {
    id,
    owner: stored.owner,
    kind,
    input: stored.input,
    signal,
    togetherMs,
    chunks,
    finishChunks,
    setTotal,
  };

  function chunks(): Promise<readonly DoneChunk[]> {
    return repository.listChunks(id);
  }

  async function finishChunks(done: readonly DoneChunk[]): Promise<void> {
    const { rows, rowsFailed } = sumOf(done);
    const rate = rateAfter(rows);
    const told = await transact((tx) =>
      repository.insertChunks(tx, { jobId: id, lease, chunks: done, rowsPerSecond: rate }),
    );
    if (!told) return;
    onRows(kind, rows, rowsFailed);
    changes.announce(told.job);
  }

  async function setTotal(rowsTotal: number): Promise<void> {
    await changes.change(id, (now) => {
      const { state, progress } = checkHeld(now).job;
      return progress.rowsTotal === rowsTotal ? { state } : { state, rowsTotal };
    });
  }

  function checkHeld(now: StoredJob | null): StoredJob {
    if (now?.lease === lease) return now;
    throw leaseLost(id);
  }
}

/** Makes a function that is told of rows that were done, and gives how many are done in a second. */
export function rateMeter(now: () => number = () => performance.now()) {
  const marks = [{ at: now(), rows: 0 }];
  let rows = 0;
  return (done: number): number | null => {
    rows += done;
    const at = now();
    marks.push({ at, rows });
    while (marks.length > 2 && at - (marks[1]?.at ?? at) >= rateWindowMs) marks.shift();
    const [from] = marks;
    // two at least, and the first is the earliest
    return from && at > from.at ? ((rows - from.rows) * 1000) / (at - from.at) : null;
  };
}
