import type { Dataset } from '@oriel/schemas';
import type { ApiCalls } from '../api-calls.ts';
import { sendAgain } from '../send-again.ts';
import { sleep } from '../sleep.ts';
import { DatasetImportError } from './dataset-import-error.ts';

const firstPauseMs = 200;
const pauseMsMax = 2000;

/**
 * Waits until the version that was uploaded can be used.
 *
 * @returns the dataset, whose latest version it is, whatever has been uploaded since
 * @throws DatasetImportError when the rows cannot be read
 */
export async function untilImported(
  { datasets }: ApiCalls,
  uploaded: Dataset,
  signal?: AbortSignal,
): Promise<Dataset> {
  const options = signal && { signal };
  let dataset = uploaded;
  for (let pauseMs = firstPauseMs; dataset.latest.state === 'importing'; pauseMs *= 1.5) {
    await sleep(Math.min(pauseMs, pauseMsMax), signal);
    dataset = await sendAgain(readDataset, { signal });
  }
  if (dataset.latest.state === 'failed') throw new DatasetImportError(dataset);
  return dataset;

  async function readDataset(): Promise<Dataset> {
    const { id, latest } = uploaded;
    const found = await datasets.get.query({ id }, options);
    if (found.latest.version === latest.version) return found;
    const { items } = await datasets.versions.query({ id }, options);
    return { ...found, latest: items.find(({ version }) => version === latest.version) ?? found.latest };
  }
}
