import { setImmediate } from 'node:timers/promises';
import type { JobState } from '@oriel/schemas';
import { expect, test } from 'vitest';
import { toChunkError, toTableError } from '../datasets/table/read-errors.ts';
import { AppError } from '../errors.ts';
import type { Change, JobChanger } from './job-changes.ts';
import type { JobRunner } from './job-runner.ts';
import { ownerGone } from './job-state.ts';
import type { JobQueue, QueueEntry } from './queue.ts';
import type { JobRepository } from './repository.ts';
import type { StoredJob } from './stored-job.ts';
import { createWorker } from './worker.ts';

test('an error that passes does not end a job that has got further since it was begun', async () => {
  // three attempts came to nothing: one more, and it is given up
  const job = fakeJob({ fruitless: 3 });
  await attempt(job, async () => {
    job.stored = { ...job.stored, fruitless: 0 }; // as a chunk that is done does
    throw new AppError('STORAGE_UNAVAILABLE', 'away');
  });
  expect(job.stored.job.state).toBe('queued');
});

test.each([
  ['MODEL_NOT_READY', 3],
  ['STORAGE_UNAVAILABLE', 8],
  ['DATABASE_UNAVAILABLE', 8],
] as const)('%s ends a job that got nowhere %i times before, and not sooner', async (code, fruitless) => {
  const run = async () => {
    throw new AppError(code, 'away');
  };
  const [sooner, then] = [fakeJob({ fruitless: fruitless - 1 }), fakeJob({ fruitless })];
  await attempt(sooner, run);
  await attempt(then, run);
  expect(sooner.stored.job.state).toBe('queued');
  expect(then.stored.job).toMatchObject({ state: 'failed', error: { code } });
});

test('too little memory ends a job at once where it is the job’s alone, and is waited for where it is shared', async () => {
  const outOfMemory = new Error('Out of Memory Error: failed to allocate data of size 16.0 MiB');
  const [alone, shared] = [fakeJob({ fruitless: 0 }), fakeJob({ fruitless: 0 })];
  await attempt(alone, async () => {
    throw toChunkError(outOfMemory, 128);
  });
  await attempt(shared, async () => {
    throw toTableError(outOfMemory, 512);
  });
  expect(alone.stored.job).toMatchObject({
    state: 'failed',
    error: {
      code: 'TABLE_MEMORY_EXCEEDED',
      message: expect.stringMatching(/128 MiB.*ORIEL_TABLE_MEMORY_MB/),
    },
  });
  expect(shared.stored.job.state).toBe('queued');
});

test('a job whose owner may do nothing any more is not begun, and says why', async () => {
  const job = fakeJob({ fruitless: 0 });
  const begun: string[] = [];
  const run: JobRunner['run'] = async ({ id }) => {
    begun.push(id);
    return {};
  };
  await attempt(job, run, async (owner) => owner !== job.stored.owner);
  expect(job.stored.job).toMatchObject({ state: 'cancelled', error: { code: 'FORBIDDEN' } });
  expect(begun).toEqual([]);
});

test('a job that was done before it could be cancelled has succeeded, and says nothing else', async () => {
  const job = fakeJob({ fruitless: 0 });
  await attempt(job, async () => {
    const cancelling = { ...job.stored.job, state: 'cancelling', error: ownerGone } as const;
    job.stored = { ...job.stored, job: cancelling };
    return {};
  });
  expect(job.stored.job).toMatchObject({ state: 'succeeded', error: null });
});

test('what is to follow a job is begun once it has succeeded, and does not fail it', async () => {
  const job = fakeJob({ fruitless: 0 });
  const states: JobState[] = [];
  await attempt(job, async () => ({
    afterwards: async () => {
      states.push(job.stored.job.state);
      throw new Error('lost');
    },
  }));
  expect(states).toEqual(['succeeded']);
  expect(job.stored.job).toMatchObject({ state: 'succeeded', error: null });
});

test('what scores waits until the models are loaded, what reads files does not', async () => {
  const served: string[] = [];
  const queue = { work: async (name: string) => void served.push(name) };
  const unused = () => Promise.reject(new Error('nothing runs here'));
  const modelsLoaded = Promise.withResolvers<void>();
  await createTestWorker(queue, unused, unused).start(modelsLoaded.promise);
  await setImmediate();
  expect(served).toEqual(['reading']);
  modelsLoaded.resolve();
  await setImmediate();
  expect(served).toEqual(['reading', 'scoring']);
});

test('a process that stops while models are loaded takes nothing any more', async () => {
  const served: string[] = [];
  const queue = { work: async (name: string) => void served.push(name) };
  const unused = () => Promise.reject(new Error('nothing runs here'));
  const modelsLoaded = Promise.withResolvers<void>();
  const worker = createTestWorker(queue, unused, unused);
  await worker.start(modelsLoaded.promise);
  await worker.stop();
  modelsLoaded.resolve();
  await setImmediate();
  expect(served).toEqual(['reading']);
});

const turn = 'its turn';

function fakeJob({ fruitless }: { fruitless: number }): { stored: StoredJob } {
  const progress = { rowsTotal: 9, rowsDone: 0, rowsFailed: 0, rowsPerSecond: null, secondsLeft: null };
  const [state, time]: [JobState, string] = ['queued', new Date(0).toISOString()];
  const nothing = { model: null, modelVersion: null, datasetId: null, datasetVersion: null, resultsId: null };
  const times = { createdAt: time, startedAt: time, finishedAt: null };
  const about = { id: 'job', kind: 'dataset.predict', title: 'a job', priority: 0 } as const;
  const job = { ...about, ...nothing, ...times, state, progress, summary: null, error: null };
  return {
    stored: {
      job: { ...job, attempts: fruitless, revision: 1 },
      owner: 'user:1',
      input: {},
      lease: null,
      turn,
      fruitless,
      webhookUrl: null,
      webhookSecret: null,
    },
  };
}

/** Gives a job its turn, and waits for what comes of it. */
async function attempt(
  of: { stored: StoredJob },
  run: JobRunner['run'],
  isOwnerActive?: (owner: string) => Promise<boolean>,
): Promise<void> {
  let handle: (entry: QueueEntry) => Promise<void> = async () => undefined;
  const queue = {
    work: async (name: string, _options: object, handler: typeof handle) => {
      if (name === 'scoring') handle = handler;
    },
  };
  const change = async (_id: string, decide: (stored: StoredJob) => Change | null) => {
    const { job, ...stored } = of.stored;
    const decided = decide(of.stored);
    if (!decided) return null;
    const { state, error = job.error, lease = stored.lease, fruitless = stored.fruitless } = decided;
    of.stored = { ...stored, lease, fruitless, job: { ...job, state, error } };
    return of.stored;
  };
  const worker = createTestWorker(queue, change, run, isOwnerActive);
  await worker.start(Promise.resolve());
  await setImmediate();
  await handle({ id: 'entry', data: { jobId: 'job', turn }, signal: new AbortController().signal });
}

/** What one attempt asks of it, and no more. */
function createTestWorker(
  queue: object,
  change: object,
  run: JobRunner['run'],
  isOwnerActive = async (_owner: string) => true,
) {
  const quiet = () => undefined;
  return createWorker({
    togetherMs: 0,
    queue: queue as Pick<JobQueue, 'work'>,
    changes: { change } as JobChanger,
    repository: { readHeld: async () => [] } as Partial<JobRepository> as JobRepository,
    transact: () => Promise.reject(new Error('nothing is written here')),
    runners: [{ kind: 'dataset.predict', run }],
    isOwnerActive,
    logger: { info: quiet, warn: quiet, error: quiet },
    concurrency: 1,
    runningPerOwnerMax: 1,
    onRows: quiet,
    onError: quiet,
  });
}
