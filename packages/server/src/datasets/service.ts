import type { Readable } from 'node:stream';
import type {
  Dataset,
  DatasetPage,
  DatasetProfile,
  DatasetVersion,
  DatasetVersionInput,
  ExportRowsInput,
  ListDatasetsInput,
  ListRowsInput,
  RowPage,
  UpdateDatasetInput,
} from '@oriel/schemas';
import type { AuditService } from '../auth/audit/service.ts';
import type { Reach } from '../auth/principal.ts';
import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { createUuidV7 } from '../uuid-v7.ts';
import { createDatasetAccess, datasetNotFound, type ReadyVersion } from './dataset-access.ts';
import { type Caller, createIntake, type IntakeNeeds, type TakenVersion } from './intake.ts';
import { createRunPreparation, type RunNeeds } from './prepare-run.ts';
import { createProfiles } from './profiles.ts';
import type { DatasetRepository, StoredDataset } from './repository.ts';
import type { ShareRepository } from './share-repository.ts';
import { createSharing } from './sharing.ts';
import { createStoreSource, type SourceNeeds } from './store-source.ts';
import { checkSelection } from './table/selection-sql.ts';
import type { ImportedTable, Table, Tables } from './table/table.ts';
import type { VersionRepository } from './version-repository.ts';

type Needs = Omit<
  IntakeNeeds & SourceNeeds & RunNeeds,
  'access' | 'datasets' | 'versions' | 'storeSource' | 'now'
> & {
  readonly datasets: DatasetRepository;
  readonly versions: VersionRepository;
  readonly shares: ShareRepository;
  readonly tables: Pick<Tables, 'open' | 'profile'>;
  readonly audit: Pick<AuditService, 'record'>;
  /** How long what was deleted can be restored, in milliseconds. */
  readonly graceMs: number;
  readonly now?: () => Date;
};

export type DatasetService = ReturnType<typeof createDatasetService>;

/** A table that was made here. */
export interface MadeTable {
  readonly owner: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly table: ImportedTable;
  /** The job that made it, whose id the dataset gets: it is there once, however often it is made. Null: no job. */
  readonly jobId: string | null;
}

/** Rows as a file. Read it to its end or destroy it. */
export interface ExportedRows {
  readonly name: string;
  readonly stream: Readable;
}

/** Datasets: taken in, looked at, changed, shared, and handed to jobs. */
export function createDatasetService(needs: Needs) {
  const { datasets, versions, tables, audit, graceMs, now = () => new Date() } = needs;
  const access = createDatasetAccess(needs);
  const profiles = createProfiles(needs);
  const sharing = createSharing({ access, repository: needs.shares, audit, now });
  const intake = createIntake({ ...needs, now, access, storeSource: createStoreSource(needs) });
  return {
    create: async (...[caller, input, options]: Parameters<typeof intake.create>) =>
      getTaken(caller, await intake.create(caller, input, options)),
    upload: async (...[caller, options, receive]: Parameters<typeof intake.upload>) =>
      getTaken(caller, await intake.upload(caller, options, receive)),
    list,
    get,
    update,
    delete: remove,
    restore,
    listVersions,
    getProfile,
    listRows,
    describeExport,
    exportRows,
    openVersion,
    /** Of the first columns of a version that is ready, as far as anything is known yet. */
    findProfile: versions.findProfile,
    completeProfile,
    createFromTable,
    purgeDeleted,
    isReferenced: versions.isReferenced,
    ...sharing,
    leave: async (caller: Caller, id: string) => toDataset(caller, await sharing.leave(caller, id)),
    ...createRunPreparation({ ...needs, access }),
  };

  async function list(caller: Caller, query: ListDatasetsInput): Promise<DatasetPage> {
    const { items, nextCursor } = await datasets.list(caller.reach, query);
    return { items: items.map((stored) => toDataset(caller, stored)), nextCursor };
  }

  /** @throws AppError NOT_FOUND */
  async function get(caller: Caller, id: string): Promise<Dataset> {
    return toDataset(caller, await access.getReadable(caller.reach, id));
  }

  /** The dataset for whoever sent a version of it: that one is its latest, though others may have come since. */
  async function getTaken(caller: Caller, { id, version }: TakenVersion): Promise<Dataset> {
    const dataset = await get(caller, id);
    if (dataset.latest.version === version) return dataset;
    const taken = await versions.find(id, version);
    return taken ? { ...dataset, latest: taken.version } : dataset;
  }

  /** @throws AppError NOT_FOUND, FORBIDDEN */
  async function update(caller: Caller, { id, ...change }: UpdateDatasetInput): Promise<Dataset> {
    await access.getWritable(caller.reach, id);
    if (!(await datasets.change(caller.reach, id, change, now()))) throw datasetNotFound(id);
    return get(caller, id);
  }

  /** Hides a dataset from everybody, until it is restored or the grace period is over. @throws AppError NOT_FOUND, FORBIDDEN */
  async function remove(caller: Caller, id: string): Promise<Dataset> {
    const stored = await access.getWritable(caller.reach, id);
    const deletedAt = now();
    if (!(await datasets.delete(caller.reach, id, deletedAt))) throw datasetNotFound(id);
    await audit.record(caller, { action: 'dataset.deleted', target: `dataset:${id}` });
    return { ...toDataset(caller, stored), deletedAt: deletedAt.toISOString() };
  }

  /** @throws AppError NOT_FOUND also when the grace period is over */
  async function restore(caller: Caller, id: string): Promise<Dataset> {
    if (!(await datasets.restore(caller.reach, id, graceStart())))
      throw new AppError('NOT_FOUND', `There is no deleted dataset "${id}" that can be restored.`);
    await audit.record(caller, { action: 'dataset.restored', target: `dataset:${id}` });
    return get(caller, id);
  }

  /** @throws AppError NOT_FOUND */
  async function listVersions(caller: Caller, id: string): Promise<DatasetVersion[]> {
    await access.getReadable(caller.reach, id);
    return versions.list(id);
  }

  /** @throws AppError NOT_FOUND, DATASET_NOT_READY, TABLE_MEMORY_EXCEEDED, STORAGE_UNAVAILABLE */
  async function getProfile(caller: Caller, { id, version }: DatasetVersionInput): Promise<DatasetProfile> {
    return profiles.get(await access.getReady(caller.reach, id, version));
  }

  /**
   * Finds out what there is to know of the values of a table that was made here, so that nobody has to wait for it.
   *
   * @throws AppError NOT_FOUND, TABLE_MEMORY_EXCEEDED, STORAGE_UNAVAILABLE
   */
  async function completeProfile(id: string, signal: AbortSignal): Promise<void> {
    await profiles.get(await access.getReady({ kind: 'all' }, id), signal);
  }

  /** @throws AppError NOT_FOUND, DATASET_NOT_READY, INPUT_INVALID when the selection does not fit the columns */
  async function listRows(caller: Caller, { id, version, ...page }: ListRowsInput): Promise<RowPage> {
    const { parquetSha256 } = await access.getReady(caller.reach, id, version);
    await using table = await tables.open(parquetSha256);
    return await table.listRows(page);
  }

  /**
   * What an export would be called, of what can be exported: no row is read for it.
   *
   * @throws AppError NOT_FOUND, DATASET_NOT_READY, INPUT_INVALID when the selection does not fit the columns
   */
  async function describeExport(
    caller: Caller,
    { id, version, ...selection }: ExportRowsInput,
  ): Promise<Pick<ExportedRows, 'name'>> {
    const { dataset, columns } = await access.getReady(caller.reach, id, version);
    checkSelection(columns, selection);
    return { name: dataset.name };
  }

  /** @throws AppError NOT_FOUND, DATASET_NOT_READY, INPUT_INVALID when the selection does not fit the columns */
  async function exportRows(
    caller: Caller,
    { id, version, ...selection }: ExportRowsInput,
    signal: AbortSignal,
  ): Promise<ExportedRows> {
    const { dataset, parquetSha256 } = await access.getReady(caller.reach, id, version);
    const table = await tables.open(parquetSha256);
    try {
      const stream = await table.export(selection, signal);
      closeAfter(stream, table);
      return { name: dataset.name, stream };
    } catch (error) {
      await table[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * A version whose rows can be read, for jobs.
   *
   * @param reach - of whoever asks; a job that was allowed to begin reads on with a reach of all
   * @throws AppError NOT_FOUND, DATASET_NOT_READY
   */
  function openVersion(reach: Reach, id: string, version?: number): Promise<ReadyVersion> {
    return access.getReady(reach, id, version);
  }

  /**
   * Makes a dataset of a table, such as the results of a job.
   *
   * @param tx - the transaction to do it in, when more belongs to it
   * @returns its id
   */
  async function createFromTable(made: MadeTable, tx?: Transaction): Promise<string> {
    const { owner, name, description = '', table, jobId } = made;
    const id = jobId ?? createUuidV7();
    const createdAt = now();
    const insert = async (tx: Transaction) => {
      const isNew = await datasets.insert({ id, owner, name, description, tags: [], jobId, createdAt }, tx);
      if (isNew) await versions.insertReady(id, table, { sourceName: `${name}.parquet`, createdAt }, tx);
    };
    await (tx ? insert(tx) : needs.transact(insert));
    return id;
  }

  /**
   * Removes for good what was deleted before the grace period; its bytes go when nothing refers to them.
   *
   * @param except - the ids of those that are still read
   */
  function purgeDeleted(except: readonly string[] = []): Promise<number> {
    return datasets.purge(graceStart(), except);
  }

  function graceStart(): Date {
    return new Date(now().getTime() - graceMs);
  }
}

function toDataset({ principal }: Caller, { owner, dataset }: StoredDataset): Dataset {
  return { ...dataset, isMine: owner === principal.owner };
}

function closeAfter(stream: Readable, table: Table): void {
  stream.once('close', () => {
    // what was opened to be read has nothing to lose
    Promise.resolve(table[Symbol.asyncDispose]()).catch(() => undefined);
  });
}
