import type { DatasetProfile } from '@oriel/schemas';
import { serverStopping } from '../engine/engine-errors.ts';
import { datasetNotFound, type ReadyVersion } from './dataset-access.ts';
import type { Tables } from './table/table.ts';
import type { VersionRepository } from './version-repository.ts';

interface Needs {
  readonly tables: Pick<Tables, 'profile'>;
  readonly versions: Pick<VersionRepository, 'findProfile' | 'setProfile'>;
}

/**
 * What is known of the values of datasets. Of a file that was sent it is found out before anybody sees the dataset; of a
 * table that was made here, whose rows nobody is to wait for, once they are there: by the job that made it, or for the
 * first who asks.
 */
export function createProfiles({ tables, versions }: Needs) {
  /** By dataset and version: those that ask meanwhile wait for the same look at the table. */
  const underWay = new Map<string, Promise<DatasetProfile>>();
  return { get };

  /**
   * @param signal - aborted when the process stops
   * @throws AppError NOT_FOUND, TABLE_MEMORY_EXCEEDED, STORAGE_UNAVAILABLE, SERVER_STOPPING
   */
  async function get(ready: ReadyVersion, signal?: AbortSignal): Promise<DatasetProfile> {
    const { id } = ready.dataset;
    const found = await versions.findProfile(id, ready.version.version);
    if (!found) throw datasetNotFound(id);
    return found.columns.length === ready.columns.length ? found : completed(ready, found, signal);
  }

  function completed(
    { dataset: { id }, parquetSha256 }: ReadyVersion,
    found: DatasetProfile,
    signal?: AbortSignal,
  ): Promise<DatasetProfile> {
    const key = `${id} ${found.version}`;
    const complete = async () => {
      try {
        const columns = await tables.profile(parquetSha256, { known: found.columns, signal });
        const profile = { ...found, columns: [...columns] };
        await versions.setProfile(id, profile);
        return profile;
      } catch (error) {
        // whoever waits for the same look did not ask for its end
        throw signal?.aborted ? serverStopping() : error;
      }
    };
    const profile = underWay.get(key) ?? complete().finally(() => underWay.delete(key));
    underWay.set(key, profile);
    return profile;
  }
}
