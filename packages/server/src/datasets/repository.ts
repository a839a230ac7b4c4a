import {
  type Dataset,
  type DatasetVersion,
  datasetVersionSchema,
  type ListDatasetsInput,
} from '@oriel/schemas';
import type { Reach } from '../auth/principal.ts';
import type { Transaction } from '../db/transaction.ts';
import { unlessDown } from '../db/unless-down.ts';
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';

/** A dataset, and whose it is. */
export interface StoredDataset {
  readonly owner: string;
  readonly dataset: Omit<Dataset, 'isMine'>;
}

export interface NewDatasetRow {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly jobId: string | null;
  readonly createdAt: Date;
}

export interface DatasetChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

/**
 * Every query is scoped by who asks: a dataset that is somebody else's, and not shared, is not there. Every method
 * throws AppError DATABASE_UNAVAILABLE when the database does not answer.
 */
export interface DatasetRepository {
  /** Newest first; of those that are deleted, the caller's own alone. */
  list(
    reach: Reach,
    query: ListDatasetsInput,
  ): Promise<{ items: StoredDataset[]; nextCursor: string | null }>;
  /** One that the caller may read, or one of its own that it deleted. */
  find(reach: Reach, id: string, options?: { readonly isDeleted?: boolean }): Promise<StoredDataset | null>;
  /** @returns false when there was one with this id already */
  insert(row: NewDatasetRow, tx: Transaction): Promise<boolean>;
  /** These change datasets of the caller's own alone, and say whether there was one. */
  change(reach: Reach, id: string, change: DatasetChange, at: Date): Promise<boolean>;
  delete(reach: Reach, id: string, at: Date): Promise<boolean>;
  restore(reach: Reach, id: string, deletedSince: Date): Promise<boolean>;
  /** Removes for good what was deleted before, but for some; says how many. */
  purge(deletedBefore: Date, except: readonly string[]): Promise<number>;
}

interface Needs {
  readonly prisma: Pick<PrismaClient, 'dataset'>;
  ping(): Promise<void>;
}

/** The latest version, without its profile, which is large. */
const withLatest = {
  versions: { orderBy: { version: 'desc' }, take: 1, omit: { profile: true } },
} as const satisfies Prisma.DatasetInclude;

export function createDatasetRepository({ prisma, ping }: Needs): DatasetRepository {
  const datasets = prisma.dataset;
  const touched = async (work: () => Promise<{ count: number }>) => (await unlessDown(ping, work)).count > 0;
  return {
    async list(reach, { text, tag, deleted, limit, cursor }) {
      const where: Prisma.DatasetWhereInput = {
        ...(deleted ? ownBy(reach) : readableBy(reach)),
        deletedAt: deleted ? { not: null } : null,
        ...(text !== undefined && { name: { contains: asPattern(text), mode: 'insensitive' } }),
        ...(tag !== undefined && { tags: { has: tag } }),
        ...(cursor !== undefined && { id: { lt: cursor } }),
      };
      const rows = await unlessDown(ping, () =>
        datasets.findMany({ where, orderBy: { id: 'desc' }, take: limit + 1, include: withLatest }),
      );
      const items = rows.slice(0, limit).map(toStored);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.dataset.id ?? null) : null };
    },

    async find(reach, id, { isDeleted = false } = {}) {
      const where: Prisma.DatasetWhereInput = isDeleted
        ? { ...ownBy(reach), id, deletedAt: { not: null } }
        : { ...readableBy(reach), id, deletedAt: null };
      const row = await unlessDown(ping, () => datasets.findFirst({ where, include: withLatest }));
      return row && toStored(row);
    },

    async insert({ tags, ...row }, tx) {
      const data = { ...row, tags: [...tags], updatedAt: row.createdAt };
      const { count } = await tx.dataset.createMany({ data, skipDuplicates: true });
      return count > 0;
    },

    change: (reach, id, { name, description, tags }, updatedAt) =>
      touched(() =>
        datasets.updateMany({
          where: { ...ownBy(reach), id, deletedAt: null },
          data: {
            updatedAt,
            ...(name !== undefined && { name }),
            ...(description !== undefined && { description }),
            ...(tags !== undefined && { tags: [...tags] }),
          },
        }),
      ),

    delete: (reach, id, deletedAt) =>
      touched(() =>
        datasets.updateMany({ where: { ...ownBy(reach), id, deletedAt: null }, data: { deletedAt } }),
      ),

    restore: (reach, id, deletedSince) =>
      touched(() =>
        datasets.updateMany({
          where: { ...ownBy(reach), id, deletedAt: { gte: deletedSince } },
          data: { deletedAt: null },
        }),
      ),

    async purge(deletedBefore, except) {
      const where = { deletedAt: { lt: deletedBefore }, id: { notIn: [...except] } };
      return (await unlessDown(ping, () => datasets.deleteMany({ where }))).count;
    },
  };
}

function ownBy(reach: Reach): Prisma.DatasetWhereInput {
  return reach.kind === 'all' ? {} : { owner: reach.owner };
}

/** What a caller owns, and what is shared with the person that it acts for. */
function readableBy(reach: Reach): Prisma.DatasetWhereInput {
  if (reach.kind === 'all') return {};
  const { owner } = reach;
  const userId = userIdOf(owner);
  return userId === null ? { owner } : { OR: [{ owner }, { shares: { some: { userId } } }] };
}

/** The person that a caller acts for; null for a service client, with which nothing can be shared. */
export function userIdOf(owner: string): string | null {
  return owner.startsWith('user:') ? owner.slice('user:'.length) : null;
}

/** A text as it stands: Prisma hands it to ILIKE, which has a meaning for some of its characters. */
function asPattern(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}

type Row = Prisma.DatasetGetPayload<{ include: typeof withLatest }>;

function toStored({ owner, versions, createdAt, updatedAt, deletedAt, ...row }: Row): StoredDataset {
  const [latest] = versions;
  // a dataset and its first version are written in one transaction
  if (!latest) throw new Error(`the dataset ${row.id} has no version`);
  return {
    owner,
    dataset: {
      ...row,
      origin: row.jobId === null ? 'upload' : 'job',
      latest: toVersion(latest),
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
      deletedAt: deletedAt?.toISOString() ?? null,
    },
  };
}

export type VersionRow = Row['versions'][number];

export function toVersion({ rowCount, sizeBytes, createdAt, ...row }: VersionRow): DatasetVersion {
  return datasetVersionSchema.parse({
    ...row,
    rows: rowCount === null ? null : Number(rowCount),
    sizeBytes: Number(sizeBytes),
    createdAt: createdAt.toISOString(),
  });
}
