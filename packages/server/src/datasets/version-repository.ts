import {
  type Column,
  type DatasetFormat,
  type DatasetProfile,
  type DatasetVersion,
  datasetProfileSchema,
  type ItemError,
  quickParse,
  type SchemaChanges,
} from '@oriel/schemas';
import { toDatabaseJson } from '../db/database-json.ts';
import type { Transaction } from '../db/transaction.ts';
import { unlessDown } from '../db/unless-down.ts';
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts';
import { toVersion } from './repository.ts';
import type { ImportedTable } from './table/table.ts';

/** A version, and where its rows are. */
export interface StoredVersion {
  readonly version: DatasetVersion;
  /** Null until it is ready. */
  readonly parquetSha256: string | null;
}

/** A file that came, to be read as a table. */
export interface NewSource {
  /** As its name says, until it was read. */
  readonly format: DatasetFormat;
  readonly sourceName: string;
  readonly sourceSha256: string;
  readonly sizeBytes: number;
  readonly createdAt: Date;
}

/**
 * Versions of datasets that the caller was found to reach already. Every method throws AppError DATABASE_UNAVAILABLE
 * when the database does not answer.
 */
export interface VersionRepository {
  /** @param version - null: the latest that is ready */
  find(datasetId: string, version: number | null): Promise<StoredVersion | null>;
  /** The latest before `version` that is ready. */
  findBefore(datasetId: string, version: number): Promise<StoredVersion | null>;
  /** Newest first. */
  list(datasetId: string): Promise<DatasetVersion[]>;
  /** Of its first columns: whether those are all, the version tells. */
  findProfile(datasetId: string, version: number): Promise<DatasetProfile | null>;
  setProfile(datasetId: string, profile: DatasetProfile): Promise<void>;
  /** @returns its number; null when the dataset is not there (any more) */
  insertNext(datasetId: string, source: NewSource, tx: Transaction): Promise<number | null>;
  insertReady(
    datasetId: string,
    table: ImportedTable,
    source: Pick<NewSource, 'sourceName' | 'createdAt'>,
    tx: Transaction,
  ): Promise<void>;
  /** Both do nothing to a version that is done already. */
  finish(datasetId: string, version: number, done: FinishedImport, tx: Transaction): Promise<void>;
  fail(datasetId: string, version: number, error: ItemError, tx: Transaction): Promise<void>;
  /** Whether any version was made of these bytes, or has its rows in them. */
  isReferenced(sha256: string): Promise<boolean>;
}

export interface FinishedImport {
  readonly table: ImportedTable;
  readonly changes: SchemaChanges | null;
  readonly at: Date;
}

interface Needs {
  readonly prisma: Pick<PrismaClient, 'datasetVersion'>;
  ping(): Promise<void>;
}

const omit = { profile: true } as const;
const listMax = 1000;

export function createVersionRepository({ prisma, ping }: Needs): VersionRepository {
  const versions = prisma.datasetVersion;
  const findLast = async (where: Prisma.DatasetVersionWhereInput) => {
    const find = () => versions.findFirst({ where, orderBy: { version: 'desc' }, omit });
    const row = await unlessDown(ping, find);
    return row && { version: toVersion(row), parquetSha256: row.parquetSha256 };
  };
  return {
    find: (datasetId, version) =>
      findLast({ datasetId, ...(version === null ? { state: 'ready' } : { version }) }),

    findBefore: (datasetId, version) => findLast({ datasetId, version: { lt: version }, state: 'ready' }),

    async list(datasetId) {
      const find = () =>
        versions.findMany({ where: { datasetId }, orderBy: { version: 'desc' }, take: listMax, omit });
      return (await unlessDown(ping, find)).map(toVersion);
    },

    async findProfile(datasetId, version) {
      const where = { datasetId_version: { datasetId, version } };
      const select = { profile: true, rowCount: true };
      const row = await unlessDown(ping, () => versions.findUnique({ where, select }));
      if (!row?.profile) return null;
      const stored = { ...Object(row.profile), version, rows: Number(row.rowCount) };
      const parsed = quickParse(datasetProfileSchema, stored);
      if (!parsed.success) throw parsed.error;
      return parsed.data;
    },

    async setProfile(datasetId, { version, columns, preview }) {
      const data = { profile: toDatabaseJson({ columns, preview }) };
      await unlessDown(ping, () => versions.updateMany({ where: { datasetId, version }, data }));
    },

    async insertNext(datasetId, source, tx) {
      // two new versions of one dataset wait for one another here
      const locked = await tx.$queryRaw<unknown[]>(
        Prisma.sql`SELECT id FROM dataset WHERE id = ${datasetId}::uuid AND deleted_at IS NULL FOR UPDATE`,
      );
      if (locked.length === 0) return null;
      const { _max: last } = await tx.datasetVersion.aggregate({
        where: { datasetId },
        _max: { version: true },
      });
      const version = (last.version ?? 0) + 1;
      const sizeBytes = BigInt(source.sizeBytes);
      const data = { ...source, sizeBytes, datasetId, version, state: 'importing' as const, columns: [] };
      await tx.datasetVersion.create({ data });
      return version;
    },

    async insertReady(datasetId, table, source, tx) {
      await tx.datasetVersion.create({
        data: {
          format: 'parquet',
          ...toReady(table),
          ...source,
          datasetId,
          version: 1,
          sourceSha256: table.parquet.sha256,
          sizeBytes: BigInt(table.parquet.sizeBytes),
        },
      });
    },

    async finish(datasetId, version, { table, changes, at }, tx) {
      const data = { ...toReady(table), ...(changes && { changes: toDatabaseJson(changes) }) };
      const where = { datasetId, version, state: 'importing' as const };
      const { count } = await tx.datasetVersion.updateMany({ where, data });
      if (count > 0) await tx.dataset.updateMany({ where: { id: datasetId }, data: { updatedAt: at } });
    },

    async fail(datasetId, version, error, tx) {
      const where = { datasetId, version, state: 'importing' as const };
      const data = { state: 'failed' as const, error: toDatabaseJson(error) };
      await tx.datasetVersion.updateMany({ where, data });
    },

    async isReferenced(sha256) {
      const where = { OR: [{ sourceSha256: sha256 }, { parquetSha256: sha256 }] };
      const find = () => versions.findFirst({ where, select: { version: true } });
      return (await unlessDown(ping, find)) !== null;
    },
  };
}

function toReady({ format, parquet, rows, columns, profile, preview }: ImportedTable) {
  return {
    state: 'ready' as const,
    ...(format !== undefined && { format }),
    parquetSha256: parquet.sha256,
    rowCount: BigInt(rows),
    columns: toDatabaseJson(columns satisfies readonly Column[]),
    profile: toDatabaseJson({ columns: profile, preview }),
  };
}
