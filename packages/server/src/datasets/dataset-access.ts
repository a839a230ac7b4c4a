import type { Column, DatasetVersion } from '@oriel/schemas';
import type { Reach } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import type { DatasetRepository, StoredDataset } from './repository.ts';
import type { VersionRepository } from './version-repository.ts';

/** A version whose rows can be read. */
export interface ReadyVersion extends StoredDataset {
  readonly version: DatasetVersion;
  readonly parquetSha256: string;
  readonly columns: readonly Column[];
  readonly rows: number;
}

interface Needs {
  readonly datasets: Pick<DatasetRepository, 'find'>;
  readonly versions: Pick<VersionRepository, 'find'>;
}

export type DatasetAccess = ReturnType<typeof createDatasetAccess>;

/** Finds what a caller may read or change, and says why it may not. */
export function createDatasetAccess({ datasets, versions }: Needs) {
  return { getReadable, getWritable, getReady };

  /** @throws AppError NOT_FOUND, also for somebody else's that is not shared */
  async function getReadable(reach: Reach, id: string): Promise<StoredDataset> {
    const found = await datasets.find(reach, id);
    if (!found) throw datasetNotFound(id);
    return found;
  }

  /** @throws AppError NOT_FOUND, FORBIDDEN for one that is shared */
  async function getWritable(reach: Reach, id: string): Promise<StoredDataset> {
    const found = await getReadable(reach, id);
    if (reach.kind === 'all' || found.owner === reach.owner) return found;
    throw new AppError('FORBIDDEN', 'This dataset is shared with you to be read. Only its owner changes it.');
  }

  /**
   * @param version - left out: the latest that is ready
   * @throws AppError NOT_FOUND, DATASET_NOT_READY
   */
  async function getReady(reach: Reach, id: string, version?: number): Promise<ReadyVersion> {
    const stored = await getReadable(reach, id);
    const found = await versions.find(id, version ?? null);
    if (!found && version !== undefined)
      throw new AppError('NOT_FOUND', `The dataset "${id}" has no version ${version}.`);
    const { latest } = stored.dataset;
    if (!found || found.parquetSha256 === null || found.version.rows === null)
      throw notReady(found?.version ?? latest);
    const { columns, rows } = found.version;
    return { ...stored, version: found.version, parquetSha256: found.parquetSha256, columns, rows };
  }
}

export function datasetNotFound(id: string): AppError {
  return new AppError('NOT_FOUND', `There is no dataset "${id}".`);
}

function notReady({ version, state, error }: DatasetVersion): AppError {
  if (state === 'failed')
    return new AppError(
      'DATASET_NOT_READY',
      `Version ${version} could not be read. ${error?.message ?? ''}`.trim(),
      {
        ...(error?.issues && { issues: error.issues }),
      },
    );
  return new AppError('DATASET_NOT_READY', `Version ${version} is still being read. Try again in a moment.`, {
    retryAfterS: 1,
  });
}
