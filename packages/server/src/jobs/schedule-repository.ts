import { type JobSchedule, scheduleSchema } from '@oriel/schemas';
import { z } from 'zod';
import type { Reach } from '../auth/principal.ts';
import { toDatabaseJson } from '../db/database-json.ts';
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
  readonly prisma: Pick<PrismaClient, 'jobSchedule'>;
  ping(): Promise<void>;
}

/** Every method throws AppError DATABASE_UNAVAILABLE when the database does not answer. */
export function createScheduleRepository({ prisma, ping }: Needs) {
  const schedules = prisma.jobSchedule;
  return {
    async insert({ owner, schedule, webhookSecret }: StoredSchedule): Promise<void> {
      const { createdAt, lastRunAt: _never, job, ...plain } = schedule;
      const stored = toDatabaseJson({ ...job, webhookSecret });
      const data = { ...plain, owner, job: stored, createdAt: new Date(createdAt) };
      await unlessDown(ping, () => schedules.create({ data }));
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

    count: (owner: string): Promise<number> => unlessDown(ping, () => schedules.count({ where: { owner } })),

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
