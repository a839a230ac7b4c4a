import type { ErrorCode, ErrorIssue, Job } from '@oriel/schemas';

/** A job that ended without success: it failed, or somebody cancelled it. */
export class JobError extends Error {
  override readonly name = 'JobError';
  /** As it ended. */
  readonly job: Job;
  /** Why it failed, or why the server cancelled it; null when a caller did. */
  readonly code: ErrorCode | null;
  readonly issues: readonly ErrorIssue[];

  constructor(job: Job) {
    super(job.error?.message ?? `The job "${job.title}" was ${job.state}.`);
    this.job = job;
    this.code = job.error?.code ?? null;
    this.issues = job.error?.issues ?? [];
  }
}
