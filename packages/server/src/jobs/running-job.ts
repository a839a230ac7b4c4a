import type { JobKind } from '@oriel/schemas';
import type { Transact } from '../db/transaction.ts';
import type { JobChanger } from './job-changes.ts';
import { type DoneChunk, leaseLost, type RunningJob } from './job-runner.ts';
import type { JobRepository } from './repository.ts';
import type { StoredJob } from './stored-job.ts';

interface Options {
  readonly stored: StoredJob;
  /** What every write is conditional on. */
  readonly lease: string;
  readonly signal: AbortSignal;
  readonly transact: Transact;
  readonly repository: Pick<JobRepository, 'insertChunk' | 'listChunks'>;
  readonly changes: Pick<JobChanger, 'change' | 'announce'>;
  readonly onRows: (kind: JobKind, rows: number, failed: number) => void;
}

/** "Of late" is this long, in milliseconds. */
const rateWindowMs = 20_000;

/** A job in the hands of its runner, for as long as the lease is its own. */
export function createRunningJob(options: Options): RunningJob {
  const { stored, lease, signal, transact, repository, changes, onRows } = options;
  const { id, kind } = stored.job;
  const rateAfter = rateMeter();

  return { id, owner: stored.owner, kind, input: stored.input, signal, chunks, finishChunk, setTotal };

  function chunks(): Promise<readonly DoneChunk[]> {
    return repository.listChunks(id);
  }

  async function finishChunk(chunk: DoneChunk): Promise<void> {
    const rate = rateAfter(chunk.rows);
    const told = await transact((tx) =>
      repository.insertChunk(tx, { jobId: id, lease, chunk, rowsPerSecond: rate }),
    );
    if (!told) return;
    onRows(kind, chunk.rows, chunk.rowsFailed);
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
