import type { JobKind } from '@oriel/schemas';
import type { Transaction } from '../db/transaction.ts';

/** A job as its runner sees it. */
export interface RunningJob {
  readonly id: string;
  readonly owner: string;
  readonly kind: JobKind;
  /** Validated by the schema of its kind when it was created. */
  readonly input: unknown;
  /**
   * Aborted when the job is to stop here: cancelled, paused, its lease lost, or the process stopping. The runner throws
   * then, whatever it likes, once it has finished the chunk that it is at; one that gives an outcome has succeeded.
   */
  readonly signal: AbortSignal;
  /** Chunks that are done within so many milliseconds are to be written down together. */
  readonly togetherMs: number;
  /** Chunks that are done for good, in order of their index, from this run or an earlier one. */
  chunks(): Promise<readonly DoneChunk[]>;
  /**
   * Says for good that chunks are done, and how far the job is, in one transaction that also tells watchers. Those that
   * were done before do not count again. The bytes that `sha256` names must be stored before this is called.
   *
   * @param chunks - at least one, each once
   * @throws LeaseLostError when another process runs the job now: stop at once
   */
  finishChunks(chunks: readonly DoneChunk[]): Promise<void>;
  /** @throws LeaseLostError */
  setTotal(rows: number): Promise<void>;
}

export interface DoneChunk {
  readonly index: number;
  /** A Parquet blob with a result for each of its rows; null where there is none to keep. */
  readonly sha256: string | null;
  readonly rows: number;
  readonly rowsFailed: number;
}

/** How many rows some chunks have together. */
export function sumOf(chunks: readonly Pick<DoneChunk, 'rows' | 'rowsFailed'>[]) {
  return {
    rows: chunks.reduce((sum, { rows }) => sum + rows, 0),
    rowsFailed: chunks.reduce((sum, { rowsFailed }) => sum + rowsFailed, 0),
  };
}

/** How a job ended well. */
export interface JobOutcome {
  readonly resultsId?: string;
  /** What came out, for jobs that count. */
  readonly summary?: unknown;
  /**
   * Writes what came out, in the transaction that ends the job: it is there if, and only if, the job has succeeded, and
   * once, however many processes ran it.
   */
  readonly commit?: (tx: Transaction) => Promise<void>;
  /**
   * What is good to have of the results, and nobody should wait for: done once the job has ended, and lost with the
   * process.
   *
   * @param signal - aborted when the process stops
   */
  readonly afterwards?: (signal: AbortSignal) => Promise<void>;
}

/**
 * Does the work of one kind of job. Called again from the start, on any process, when the process that ran it ended: what
 * {@link RunningJob.chunks} tells is done, and everything else must bear being done twice.
 *
 * An AppError fails the job for good, with its message, unless it is one that may pass (`unavailable`,
 * `timeout`, or so marked); any other error is tried again, a few times.
 */
export interface JobRunner {
  readonly kind: JobKind;
  run(job: RunningJob): Promise<JobOutcome>;
}

export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

export function leaseLost(jobId: string): LeaseLostError {
  return new LeaseLostError(`another process runs the job ${jobId} now`);
}
