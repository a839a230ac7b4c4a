import type { ItemError, Job, JobKind, JobPage, JobState, ListJobsInput } from '@oriel/schemas';
import type { Reach } from '../auth/principal.ts';
import { toDatabaseJson } from '../db/database-json.ts';
import type { Transaction } from '../db/transaction.ts';
import { unlessDown } from '../db/unless-down.ts';
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts';
import { type DoneChunk, leaseLost, sumOf } from './job-runner.ts';
import { heldJobStates, openJobStates } from './job-state.ts';
import { type JobRow, type StoredJob, toJob, toStoredJob } from './stored-job.ts';

/** What a job is about, as whoever makes it says. */
export interface JobFields {
  readonly kind: JobKind;
  /** What its runner is given. */
  readonly input: unknown;
  /** For people. */
  readonly title: string;
  readonly model?: string | undefined;
  readonly modelVersion?: string | undefined;
  readonly datasetId?: string | undefined;
  readonly datasetVersion?: number | undefined;
  /** Rows that it has to do, where that is known. */
  readonly rowsTotal?: number | undefined;
}

export interface NewJobRow extends JobFields {
  readonly id: string;
  readonly owner: string;
  readonly priority: number;
  readonly turn: string;
  readonly webhookUrl?: string | undefined;
  readonly webhookSecret?: string | undefined;
}

/** What can change of a job; what is left out stays. */
export interface JobChanges {
  readonly state?: JobState;
  readonly lease?: string | null;
  readonly turn?: string | null;
  readonly attempts?: number;
  readonly fruitless?: number;
  readonly startedAt?: Date;
  readonly finishedAt?: Date;
  readonly rowsTotal?: number;
  readonly rowsPerSecond?: number | null;
  readonly resultsId?: string;
  readonly summary?: unknown;
  /** Null takes away the one that there was. */
  readonly error?: ItemError | null;
}

/** A job's state and lease now, for whoever holds it. */
export interface HeldState {
  readonly id: string;
  readonly state: JobState;
  readonly lease: string | null;
}

export interface JobEventRow {
  readonly jobId: string;
  readonly revision: number;
  readonly job: Job;
}

/** Where a watcher is. */
export interface EventCursor {
  readonly jobId: string;
  /** Events after it are asked for. */
  readonly revision: number;
}

export type JobRepository = ReturnType<typeof createJobRepository>;

interface ChunksToInsert {
  readonly jobId: string;
  readonly lease: string;
  readonly chunks: readonly DoneChunk[];
  readonly rowsPerSecond: number | null;
}

interface Needs {
  readonly prisma: PrismaClient;
  ping(): Promise<void>;
}

/** Most events that one look brings; the rest come with the next. */
const eventsMax = 1000;

/** Every method throws AppError DATABASE_UNAVAILABLE when the database does not answer. */
export function createJobRepository({ prisma, ping }: Needs) {
  return {
    find,
    list,
    listOpen,
    countOpen,
    insert,
    lock,
    change,
    insertChunks,
    listChunks,
    copyChunks,
    readHeld,
    listEvents,
    countByState,
    listDatasetsAtWork,
    deleteOldEvents,
    listOldResults,
    forgetResults,
    listChunkBlobs,
  };

  /** @param reach - whose it must be; null for whoever runs it */
  async function find(reach: Reach | null, id: string): Promise<StoredJob | null> {
    const row = await unlessDown(ping, () => prisma.job.findFirst({ where: { id, ...ownedBy(reach) } }));
    return row && toStoredJob(row);
  }

  /** Newest first. */
  async function list(reach: Reach, { state, kind, datasetId, limit, cursor }: ListJobsInput) {
    const find = () =>
      prisma.job.findMany({
        where: {
          ...ownedBy(reach),
          ...(state !== undefined && { state }),
          ...(kind !== undefined && { kind }),
          ...(datasetId !== undefined && { datasetId }),
          ...(cursor !== undefined && { id: { lt: cursor } }),
        },
        orderBy: { id: 'desc' },
        take: limit + 1,
      });
    const rows = await unlessDown(ping, find);
    const items = rows.slice(0, limit).map(toJob);
    const nextCursor = rows.length > limit ? (items.at(-1)?.id ?? null) : null;
    return { items, nextCursor } satisfies JobPage;
  }

  /** The ids of those of an owner that have not ended. */
  async function listOpen(owner: string): Promise<string[]> {
    const where = { owner, state: { in: [...openJobStates] } };
    const rows = await unlessDown(ping, () => prisma.job.findMany({ where, select: { id: true } }));
    return rows.map(({ id }) => id);
  }

  /** Those of an owner that have not ended; in the transaction that adds one, so that two cannot both be the last. */
  async function countOpen(tx: Transaction, owner: string): Promise<number> {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`jobs of ${owner}`}, 0))`;
    return tx.job.count({ where: { owner, state: { in: [...openJobStates] } } });
  }

  /** Adds a job, and tells of it. */
  async function insert(tx: Transaction, { input, ...row }: NewJobRow): Promise<StoredJob> {
    const now = new Date();
    const data = { ...row, state: 'queued', input: toDatabaseJson(input) } as const;
    const made = await tx.job.create({ data: { ...data, createdAt: now, updatedAt: now } });
    return tell(tx, made);
  }

  /** The job as it is, and nobody else changes it until the transaction ends. */
  async function lock(tx: Transaction, id: string): Promise<StoredJob | null> {
    await tx.$queryRaw`SELECT 1 FROM job WHERE id = ${id}::uuid FOR UPDATE`;
    const row = await tx.job.findUnique({ where: { id } });
    return row && toStoredJob(row);
  }

  /** Changes a job that is locked, and tells of it. */
  async function change(tx: Transaction, id: string, changes: JobChanges): Promise<StoredJob> {
    const { summary, error, ...plain } = changes;
    const data = {
      ...plain,
      ...(summary !== undefined && { summary: toDatabaseJson(summary) }),
      ...(error !== undefined && { error: error ? toDatabaseJson(error) : Prisma.DbNull }),
      revision: { increment: 1 },
      updatedAt: new Date(),
    };
    return tell(tx, await tx.job.update({ where: { id }, data }));
  }

  /** Writes the event of a revision. Revisions of a job are made one after another, so none is missing before it. */
  async function tell(tx: Transaction, row: JobRow): Promise<StoredJob> {
    const stored = toStoredJob(row);
    const { id: jobId, revision, updatedAt: createdAt } = row;
    const job = toDatabaseJson(stored.job);
    await tx.jobEvent.create({ data: { jobId, revision, job, createdAt } });
    return stored;
  }

  /**
   * Adds chunks to a job, and their rows to what is done, while the lease is the own one; tells of it. Few statements: jobs
   * of quick models do this some times a second.
   *
   * @returns null when all of those chunks were there
   * @throws LeaseLostError
   */
  async function insertChunks(
    tx: Transaction,
    { jobId, lease, chunks, rowsPerSecond }: ChunksToInsert,
  ): Promise<StoredJob | null> {
    const now = new Date();
    const added = await tx.jobChunk.createManyAndReturn({
      data: chunks.map((chunk) => ({ jobId, ...chunk, createdAt: now })),
      select: { rows: true, rowsFailed: true },
      skipDuplicates: true,
    });
    if (added.length === 0) return null;
    const { rows, rowsFailed } = sumOf(added);
    const data = {
      rowsDone: { increment: rows },
      rowsFailed: { increment: rowsFailed },
      rowsPerSecond,
      fruitless: 0,
      revision: { increment: 1 },
      updatedAt: now,
    };
    const [row] = await tx.job.updateManyAndReturn({ where: { id: jobId, lease }, data });
    if (!row) throw leaseLost(jobId);
    return tell(tx, row);
  }

  async function listChunks(jobId: string): Promise<DoneChunk[]> {
    const find = () => prisma.jobChunk.findMany({ where: { jobId }, orderBy: { index: 'asc' } });
    return (await unlessDown(ping, find)).map(({ index, sha256, rows, rowsFailed }) => ({
      index,
      sha256,
      rows,
      rowsFailed,
    }));
  }

  /** Gives a new job those chunks of an earlier one in which no row failed. */
  async function copyChunks(tx: Transaction, { from, to }: { from: string; to: string }): Promise<void> {
    await tx.$executeRaw`
      WITH copied AS (
        INSERT INTO job_chunk (job_id, index, sha256, rows, rows_failed, created_at)
        SELECT ${to}::uuid, index, sha256, rows, rows_failed, now()
        FROM job_chunk WHERE job_id = ${from}::uuid AND rows_failed = 0
        RETURNING rows
      )
      UPDATE job SET rows_done = (SELECT coalesce(sum(rows), 0) FROM copied) WHERE id = ${to}::uuid`;
  }

  async function readHeld(ids: readonly string[]): Promise<HeldState[]> {
    const select = { id: true, state: true, lease: true } as const;
    return unlessDown(ping, () => prisma.job.findMany({ where: { id: { in: [...ids] } }, select }));
  }

  /** What happened to some jobs after what their watchers have, oldest first. */
  async function listEvents(cursors: readonly EventCursor[]): Promise<JobEventRow[]> {
    const ids = cursors.map(({ jobId }) => jobId);
    const revisions = cursors.map(({ revision }) => revision);
    const find = () => prisma.$queryRaw<{ job_id: string; revision: number; job: Job }[]>`
      SELECT event.job_id, event.revision, event.job
      FROM unnest(${ids}::uuid[], ${revisions}::int[]) AS cursor(job_id, revision)
      JOIN job_event AS event ON event.job_id = cursor.job_id AND event.revision > cursor.revision
      ORDER BY event.job_id, event.revision LIMIT ${eventsMax}`;
    const rows = await unlessDown(ping, find);
    // written by `tell`, which was given a Job
    return rows.map(({ job_id: jobId, revision, job }) => ({ jobId, revision, job }));
  }

  /** How many jobs there are in each state, over all owners. */
  async function countByState(): Promise<Partial<Record<JobState, number>>> {
    const rows = await prisma.job.groupBy({
      by: ['state'],
      where: { state: { in: [...openJobStates] } },
      _count: true,
    });
    return Object.fromEntries(rows.map(({ state, _count }) => [state, _count]));
  }

  /** The datasets of jobs that are at work. Nobody makes another one of a dataset that was deleted. */
  async function listDatasetsAtWork(): Promise<string[]> {
    const where = { state: { in: [...heldJobStates] }, datasetId: { not: null } };
    const rows = await unlessDown(ping, () => prisma.job.findMany({ where, select: { datasetId: true } }));
    return rows.flatMap(({ datasetId }) => datasetId ?? []);
  }

  /**
   * Forgets the events and the chunks of jobs that ended before; says how many there were. Chunks that an open job takes
   * over are read by it, and stay until it has ended.
   */
  async function deleteOldEvents(endedBefore: Date): Promise<number> {
    const where = { owner: { finishedAt: { lt: endedBefore } } };
    const events = await unlessDown(ping, () => prisma.jobEvent.deleteMany({ where }));
    const chunks = await unlessDown(
      ping,
      () => prisma.$executeRaw`
        DELETE FROM job_chunk AS chunk USING job AS ended
        WHERE ended.id = chunk.job_id AND ended.finished_at < ${endedBefore} AND NOT EXISTS (
          SELECT 1 FROM job AS later
          WHERE later.state::text = ANY(${[...openJobStates]}) AND later.input->>'retryOf' = ended.id::text
        )`,
    );
    return events.count + chunks;
  }

  /** The datasets that jobs made which ended before, and that were not taken back yet. */
  async function listOldResults(endedBefore: Date): Promise<string[]> {
    const where = { finishedAt: { lt: endedBefore }, resultsId: { not: null } };
    const rows = await unlessDown(ping, () => prisma.job.findMany({ where, select: { resultsId: true } }));
    return rows.flatMap(({ resultsId }) => resultsId ?? []);
  }

  /** Says of a job that its results are no longer there. */
  async function forgetResults(resultsId: string): Promise<void> {
    const data = { resultsId: null, revision: { increment: 1 } };
    await unlessDown(ping, () => prisma.job.updateMany({ where: { resultsId }, data }));
  }

  /** The bytes that chunks name. */
  async function listChunkBlobs(): Promise<ReadonlySet<string>> {
    const where = { sha256: { not: null } };
    const rows = await unlessDown(ping, () => prisma.jobChunk.findMany({ where, select: { sha256: true } }));
    return new Set(rows.flatMap(({ sha256 }) => sha256 ?? []));
  }
}

function ownedBy(reach: Reach | null): { owner?: string } {
  return reach?.kind === 'own' ? { owner: reach.owner } : {};
}
