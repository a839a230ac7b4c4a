import type { Dataset, DatasetVersion } from '@oriel/schemas';

type DatasetParts = Partial<Omit<Dataset, 'latest'>> & { readonly latest?: Partial<DatasetVersion> };

/** A dataset of penguins that is ready, but for what is said. */
export function makeDataset({ latest, ...parts }: DatasetParts = {}): Dataset {
  const createdAt = '2026-01-05T10:00:00.000Z';
  return {
    id: crypto.randomUUID(),
    name: 'penguins',
    description: '',
    tags: [],
    origin: 'upload',
    jobId: null,
    isMine: true,
    createdAt,
    updatedAt: createdAt,
    deletedAt: null,
    ...parts,
    latest: {
      version: 1,
      state: 'ready',
      error: null,
      format: 'csv',
      sourceName: 'penguins.csv',
      sourceSha256: '0'.repeat(64),
      sizeBytes: 1000,
      rows: 3,
      columns: [
        { name: 'island', type: 'text' },
        { name: 'bodyMassG', type: 'integer' },
      ],
      changes: null,
      createdAt,
      ...latest,
    },
  };
}
