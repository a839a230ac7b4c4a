import { itemErrorSchema, type Job, type JobProgress, jobKindSchema, jobStateSchema } from '@oriel/schemas';
import { z } from 'zod';
import type { PrismaClient } from '../generated/prisma/client.ts';

/** A job as it is stored: what callers see, and what only its runner and the queue need. */
export interface StoredJob {
  readonly job: Job;
  readonly owner: string;
  readonly input: unknown;
  readonly lease: string | null;
  readonly turn: string | null;
  readonly fruitless: number;
  readonly webhookUrl: string | null;
  /** Sealed. */
  readonly webhookSecret: string | null;
}

export type JobRow = Awaited<ReturnType<PrismaClient['job']['findMany']>>[number];

export function toStoredJob(row: JobRow): StoredJob {
  const { owner, input, lease, turn, fruitless, webhookUrl, webhookSecret } = row;
  return { job: toJob(row), owner, input, lease, turn, fruitless, webhookUrl, webhookSecret };
}

/** A job as callers see it. */
export function toJob(row: JobRow): Job {
  return {
    id: row.id,
    // both were written by this program; a later version may know more kinds than this one
    kind: jobKindSchema.parse(row.kind),
    state: jobStateSchema.parse(row.state),
    title: row.title,
    priority: row.priority,
    model: row.model,
    modelVersion: row.modelVersion,
    datasetId: row.datasetId,
    datasetVersion: row.datasetVersion,
    resultsId: row.resultsId,
    summary: z.json().parse(row.summary),
    progress: toProgress(row),
    attempts: row.attempts,
    revision: row.revision,
    error: itemErrorSchema.nullable().parse(row.error),
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

function toProgress({ state, rowsPerSecond: rate, ...row }: JobRow): JobProgress {
  const rowsTotal = row.rowsTotal === null ? null : Number(row.rowsTotal);
  const rowsDone = Number(row.rowsDone);
  const rowsPerSecond = state === 'running' ? rate : null;
  return {
    rowsTotal,
    rowsDone,
    rowsFailed: Number(row.rowsFailed),
    rowsPerSecond,
    secondsLeft: rowsPerSecond && rowsTotal !== null ? (rowsTotal - rowsDone) / rowsPerSecond : null,
  };
}
