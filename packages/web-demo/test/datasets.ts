import type { Column, Dataset, DatasetProfile, DatasetVersion, Job, RowPage } from '@oriel/schemas';

const columns: Column[] = [
  { name: 'island', type: 'text' },
  { name: 'mass_g', type: 'integer' },
];

export const version = (changes: Partial<DatasetVersion> = {}): DatasetVersion => ({
  version: 1,
  state: 'ready',
  error: null,
  format: 'csv',
  sourceName: 'penguins.csv',
  sourceSha256: '0'.repeat(64),
  sizeBytes: 40_100,
  rows: 1000,
  columns,
  changes: null,
  createdAt: '2026-05-01T09:05:07.000Z',
  ...changes,
});

/** A dataset of one's own that is ready. */
export const dataset = (changes: Partial<Dataset> = {}): Dataset => ({
  id: '0193a1b2-0000-7000-8000-0000000000d1',
  name: 'Penguins of 2025',
  description: '',
  tags: [],
  origin: 'upload',
  jobId: null,
  isMine: true,
  latest: version(),
  createdAt: '2026-05-01T09:05:07.000Z',
  updatedAt: '2026-05-01T09:05:07.000Z',
  deletedAt: null,
  ...changes,
});

export const profile = (changes: Partial<DatasetProfile> = {}): DatasetProfile => ({
  version: 1,
  rows: 1000,
  columns: [
    {
      name: 'island',
      type: 'text',
      nulls: 0,
      notFinite: 0,
      distinct: 3,
      min: 'Biscoe',
      max: 'Torgersen',
      mean: null,
      quantiles: null,
      topValues: [
        { value: 'Biscoe', count: 500 },
        { value: 'Dream', count: 300 },
        { value: 'Torgersen', count: 200 },
      ],
      histogram: null,
    },
    {
      name: 'mass_g',
      type: 'integer',
      nulls: 20,
      notFinite: 0,
      distinct: 94,
      min: 2700,
      max: 6300,
      mean: 4201.75,
      quantiles: { p05: 3150, p25: 3550, p50: 4050, p75: 4750, p95: 5650 },
      topValues: [{ value: 3800, count: 12 }],
      histogram: [
        { from: 2700, to: 4500, count: 700 },
        { from: 4500, to: 6300, count: 280 },
      ],
    },
  ],
  preview: [
    { island: 'Biscoe', mass_g: 5950 },
    { island: 'Dream', mass_g: null },
  ],
  ...changes,
});

export const rowPage = (changes: Partial<RowPage> = {}): RowPage => ({
  columns,
  rows: [
    { island: 'Biscoe', mass_g: 5950 },
    { island: 'Dream', mass_g: null },
  ],
  nextCursor: null,
  ...changes,
});

/** A job that scores that dataset with penguins, and has not begun. */
export const job = (changes: Partial<Job> = {}): Job => ({
  id: '0193a1b2-0000-7000-8000-0000000000a1',
  kind: 'dataset.predict',
  state: 'queued',
  title: 'Penguins of 2025, scored by penguins',
  priority: 0,
  model: 'penguins',
  modelVersion: '1',
  datasetId: '0193a1b2-0000-7000-8000-0000000000d1',
  datasetVersion: 1,
  resultsId: null,
  summary: null,
  progress: { rowsTotal: 1000, rowsDone: 0, rowsFailed: 0, rowsPerSecond: null, secondsLeft: null },
  attempts: 0,
  revision: 1,
  error: null,
  createdAt: '2026-05-01T09:05:07.000Z',
  startedAt: null,
  finishedAt: null,
  ...changes,
});
