import type { Job, JobProgress } from '@oriel/schemas';

type JobParts = Partial<Omit<Job, 'progress'>> & { readonly progress?: Partial<JobProgress> };

/** A job that predicts a dataset and is in the middle of it, but for what is said. */
export function makeJob({ progress, ...parts }: JobParts = {}): Job {
  const createdAt = '2026-01-05T10:00:00.000Z';
  return {
    id: crypto.randomUUID(),
    kind: 'dataset.predict',
    state: 'running',
    title: 'Predict penguins with penguins',
    priority: 0,
    model: 'penguins',
    modelVersion: '1',
    datasetId: crypto.randomUUID(),
    datasetVersion: 1,
    resultsId: null,
    summary: null,
    attempts: 1,
    revision: 1,
    error: null,
    createdAt,
    startedAt: createdAt,
    finishedAt: null,
    ...parts,
    progress: { rowsTotal: 100, rowsDone: 40, rowsFailed: 0, rowsPerSecond: 20, secondsLeft: 3, ...progress },
  };
}

/** The same job once it has succeeded, with its results in a dataset. */
export function makeSucceededJob(job: Job = makeJob()): Job {
  const { rowsTotal, rowsFailed } = job.progress;
  return {
    ...job,
    state: 'succeeded',
    revision: job.revision + 1,
    resultsId: job.resultsId ?? crypto.randomUUID(),
    finishedAt: '2026-01-05T10:00:05.000Z',
    progress: { rowsTotal, rowsDone: rowsTotal ?? 0, rowsFailed, rowsPerSecond: null, secondsLeft: null },
  };
}
