import type { DatasetShare } from '@oriel/schemas';
import { unlessDown } from '../db/unless-down.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';

/**
 * Who else may read datasets that the caller was found to own already. Every method throws AppError
 * DATABASE_UNAVAILABLE when the database does not answer.
 */
export interface ShareRepository {
  /** Longest first. */
  list(datasetId: string): Promise<DatasetShare[]>;
  /** Whose account has this address, and is not disabled. */
  findUserId(email: string): Promise<string | null>;
  /** Sharing with somebody again changes nothing; says whether it is new. */
  insert(datasetId: string, userId: string, createdAt: Date): Promise<boolean>;
  /** @returns whether there was such a share */
  delete(datasetId: string, userId: string): Promise<boolean>;
}

interface Needs {
  readonly prisma: Pick<PrismaClient, 'datasetShare' | 'user'>;
  ping(): Promise<void>;
}

const listMax = 1000;

export function createShareRepository({ prisma, ping }: Needs): ShareRepository {
  const shares = prisma.datasetShare;
  return {
    async list(datasetId) {
      const find = () =>
        shares.findMany({
          where: { datasetId },
          orderBy: [{ createdAt: 'asc' }, { userId: 'asc' }],
          take: listMax,
          include: { user: { select: { name: true, email: true } } },
        });
      const rows = await unlessDown(ping, find);
      return rows.map(({ userId, createdAt, user }) => ({
        userId,
        ...user,
        createdAt: createdAt.toISOString(),
      }));
    },

    async findUserId(email) {
      const where = { email, disabledAt: null };
      const user = await unlessDown(ping, () => prisma.user.findFirst({ where, select: { id: true } }));
      return user?.id ?? null;
    },

    async insert(datasetId, userId, createdAt) {
      const data = { datasetId, userId, createdAt };
      return (await unlessDown(ping, () => shares.createMany({ data, skipDuplicates: true }))).count > 0;
    },

    async delete(datasetId, userId) {
      const where = { datasetId, userId };
      return (await unlessDown(ping, () => shares.deleteMany({ where }))).count > 0;
    },
  };
}
