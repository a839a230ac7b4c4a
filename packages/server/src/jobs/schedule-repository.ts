import { type JobSchedule, scheduleSchema } from '@oriel/schemas';
import { z } from 'zod';
import type { Reach } from '../auth/principal.ts';
import { toDatabaseJson } from '../db/database-json.ts';
import { createTransact } from '../db/transaction.ts';
import { unlessDown } from '../db/unless-down.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';

export interface StoredSchedule {
  readonly owner: string;
  /** Without the secret of its webhook. */
  readonly schedule: JobSchedule;
  /** That secret, sealed. */
  readonly webhookSecret: string | null;
}

export type ScheduleRepository = ReturnType<typeof createScheduleRepository>;

interface Needs {
  readonly prisma: Pick<PrismaClient, 'jobSchedule' | '$transaction'>;
  ping(): Promise<void>;
}

/** Every method throws AppError DATABASE_UNAVAILABLE when the database does not answer. */
export function createScheduleRepository({ prisma, ping }: Needs) {
  const schedules = prisma.jobSchedule;
  const transact = createTransact({ prisma, ping });
  return {
    /** @returns false when its owner has `most` already, also when several come at once */
    insert({ owner, schedule, webhookSecret }: StoredSchedule, most: number): Promise<boolean> {
      const { createdAt, lastRunAt: _never, job, ...plain } = schedule;
      const stored = toDatabaseJson({ ...job, webhookSecret });
      const data = { ...plain, owner, job: stored, createdAt: new Date(createdAt) };
      return transact(async (tx) => {
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`schedules of ${owner}`}, 0))`;
        if ((await tx.jobSchedule.count({ where: { owner } })) >= most) return false;
        await tx.jobSchedule.create({ data });
        return true;
      });
    },

    /** Newest first. */
    async list(reach: Reach, limit: number): Promise<JobSchedule[]> {
      const find = () => schedules.findMany({ where: ownedBy(reach), orderBy: { id: 'desc' }, take: limit });
      return (await unlessDown(ping, find)).map((row) => toStored(row).schedule);
    },

    async find(id: string): Promise<StoredSchedule | null> {
      const row = await unlessDown(ping, () => schedules.findUnique({ where: { id } }));
      return row && toStored(row);
    },

    async markRun(id: string, at: Date): Promise<void> {
      await unlessDown(ping, () => schedules.updateMany({ where: { id }, data: { lastRunAt: at } }));
    },

    /** @returns whether there was one */
    async delete(reach: Reach, id: string): Promise<boolean> {
      const remove = () => schedules.deleteMany({ where: { id, ...ownedBy(reach) } });
      return (await unlessDown(ping, remove)).count > 0;
    },
  };
}

type Row = Awaited<ReturnType<PrismaClient['jobSchedule']['findMany']>>[number];

const storedJobSchema = z.looseObject({ webhookSecret: z.string().nullable() });

function toStored({ owner, createdAt, lastRunAt, ...row }: Row): StoredSchedule {
  const { webhookSecret, ...job } = storedJobSchema.parse(row.job);
  const schedule = scheduleSchema.parse({
    ...row,
    job,
    createdAt: createdAt.toISOString(),
    lastRunAt: lastRunAt?.toISOString() ?? null,
  });
  return { owner, schedule, webhookSecret };
}

function ownedBy(reach: Reach): { owner?: string } {
  return reach.kind === 'own' ? { owner: reach.owner } : {};
}
