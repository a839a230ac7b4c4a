import type { AnyContract } from '@oriel/schemas';
import type { AuditService } from './auth/audit/service.ts';
import { systemActor } from './auth/audit/service.ts';
import { createSealedBox } from './auth/oauth/sealed-box.ts';
import { readOrMakeSecret } from './auth/oauth/secret-file.ts';
import type { Reach } from './auth/principal.ts';
import type { Config } from './config.ts';
import { createCheckRunner } from './datasets/check-runner.ts';
import { createFailedImports, createImportRunner } from './datasets/import-runner.ts';
import { createDatasetRepository } from './datasets/repository.ts';
import { createDatasetService } from './datasets/service.ts';
import { createShareRepository } from './datasets/share-repository.ts';
import { createTables } from './datasets/table/tables.ts';
import { createVersionRepository } from './datasets/version-repository.ts';
import type { Database } from './db/database.ts';
import { createOldRows } from './db/old-rows.ts';
import type { Engine } from './engine/engine-types.ts';
import type { ThreadData } from './engine/worker/protocol.ts';
import { AppError } from './errors.ts';
import { createIdempotency } from './idempotency/idempotency.ts';
import { createIdempotencyRepository } from './idempotency/repository.ts';
import { createChunkScorer } from './jobs/chunks/chunk-scorer.ts';
import { createChunkThreads } from './jobs/chunks/chunk-threads.ts';
import { createDatasetJobs } from './jobs/dataset-jobs.ts';
import { createJobs } from './jobs/jobs.ts';
import { createPredictRunner } from './jobs/predict-runner.ts';
import { createRetention } from './jobs/retention.ts';
import { createScheduleRepository } from './jobs/schedule-repository.ts';
import { createSchedules } from './jobs/schedules.ts';
import { createWebhookCheck } from './jobs/webhook.ts';
import { createQuotaRepository } from './limits/quota-repository.ts';
import type { Metrics } from './monitoring/metrics.ts';
import { createGuardedFetch } from './net/guarded-fetch.ts';
import { createUrlReader } from './net/outbound-url.ts';
import { collectGarbage } from './storage/collect-garbage.ts';
import { abandonedAfterMs, openStorage } from './storage/open-storage.ts';

interface Options {
  readonly config: Config;
  readonly database: Database;
  readonly engine: Engine;
  readonly contracts: Readonly<Record<string, AnyContract>>;
  readonly audit: AuditService;
  /** What a thread needs that loads models. */
  readonly threadData: ThreadData;
  readonly metrics: Pick<Metrics, 'observer' | 'onJobRows' | 'onJobError' | 'observeJobs'>;
  /** What an owner may see now; null for one that was disabled or revoked. */
  readonly findReach: (owner: string) => Promise<Reach | null>;
  /** Told of the time that the job of a principal took on the threads. */
  readonly onComputed: (principalId: string, computeMs: number) => void;
  readonly logger: Parameters<typeof createJobs>[0]['logger'];
}

/** Longest that a file of another server may take to arrive, and a webhook to be taken. */
const fetchMs = 600_000;
const webhookMs = 15_000;

/** The part of the composition that large work needs: storage, tables, datasets, and the jobs that read and score them. */
export async function openDatasetsAndJobs(options: Options) {
  const { config, database, engine, threadData, contracts, audit, metrics, findReach, onComputed, logger } =
    options;
  const storage = await openStorage(config);
  const tables = createTables({
    storage,
    memoryMb: config.datasets.memoryMb,
    threads: config.datasets.threads,
    unpackedBytesMax: config.datasets.uploadBytesMax,
    jsonDepthMax: config.jsonDepthMax,
  });
  const idempotency = createIdempotency({ repository: createIdempotencyRepository(database), logger });
  const versions = createVersionRepository(database);
  const jobs = createJobs({
    database,
    idempotency,
    audit,
    openBox: once(async () =>
      createSealedBox(
        config.secret ?? (await readOrMakeSecret({ folder: config.dataFolder, logger })),
        'oriel webhooks',
      ),
    ),
    fetch: createGuardedFetch({
      ...config.outbound,
      timeoutMs: webhookMs,
      redirectsMax: 0,
      // what a receiver says is not read
      bytesMax: Number.POSITIVE_INFINITY,
    }),
    onEnded: createFailedImports(versions),
    isOwnerActive: async (owner) => (await findReach(owner)) !== null,
    onRows: metrics.onJobRows,
    onError: metrics.onJobError,
    limits: config.jobs,
    logger,
  });
  const { repository } = jobs;
  metrics.observeJobs(repository.countByState);
  const datasets = createDatasetService({
    contracts,
    storage,
    tables,
    datasets: createDatasetRepository(database),
    versions,
    shares: createShareRepository(database),
    jobs: jobs.service,
    idempotency,
    transact: jobs.transact,
    audit,
    fetch: createGuardedFetch({
      ...config.outbound,
      timeoutMs: fetchMs,
      redirectsMax: 5,
      bytesMax: config.datasets.uploadBytesMax,
    }),
    uploadBytesMax: config.datasets.uploadBytesMax,
    graceMs: config.datasets.graceMs,
  });
  const threads = createChunkThreads({
    threads: config.jobs.threads,
    isLive: engine.isLive,
    threadData: { ...threadData, tableMemoryMb: Math.max(128, config.datasets.memoryMb / 4) },
    stuckMs: config.stuckMs,
    logger,
  });
  const { chunkRows } = config.jobs;
  const checkWebhook = createWebhookCheck(createUrlReader(config.outbound));
  const needs = { datasets, tables, engine, contracts, repository, checkWebhook, chunkRows };
  const datasetJobs = createDatasetJobs({ ...needs, jobs: jobs.service });
  const schedules = createSchedules({
    repository: createScheduleRepository(database),
    queue: jobs.queue,
    datasetJobs,
    findReach,
    checkWebhook,
    sealSecret: jobs.sealSecret,
    openSecret: jobs.openSecret,
    logger,
  });
  const retention = createRetention({
    deletePredictions: createOldRows(database, 'prediction').delete,
    deleteAuditEvents: createOldRows(database, 'audit_event').delete,
    deleteUsage: createQuotaRepository(database).deleteOld,
    deleteJobDetails: repository.deleteOldEvents,
    deleteResults,
    // a job that runs would find its bytes gone
    purgeDatasets: async () => datasets.purgeDeleted(await repository.listDatasetsAtWork()),
    deleteIdempotencyKeys: idempotency.deleteOld,
    collectGarbage: collectBlobs,
    sweep: () => storage.sweep(new Date(Date.now() - abandonedAfterMs)),
    predictionsKeptMs: config.predictionsKeptMs,
    resultsKeptMs: config.resultsKeptMs,
    auditKeptMs: config.auditKeptMs,
    logger,
  });
  await jobs.start();

  return { datasets, datasetJobs, jobs, schedules, storage, retention, work, close };

  /** Does jobs in this process, from now on; those that score, once the models are loaded. */
  function work(modelsLoaded: Promise<unknown>): Promise<void> {
    const shared = { tables, datasets, contracts };
    const { observer } = metrics;
    const scorer = createChunkScorer({ tables, engine, threads, onComputed, observer, logger });
    const scoring = { ...shared, scorer, listChunks: repository.listChunks };
    return jobs.work({
      modelsLoaded,
      runners: [
        createImportRunner({ tables, versions }),
        createCheckRunner({ ...shared, threads }),
        createPredictRunner({ ...scoring, kind: 'dataset.predict' }),
        createPredictRunner({ ...scoring, kind: 'inputs.predict' }),
      ],
      schedules,
      removeOld: retention.run,
    });
  }

  async function deleteResults(endedBefore: Date): Promise<number> {
    const ids = await repository.listOldResults(endedBefore);
    const caller = {
      ...systemActor,
      principal: { id: 'system', owner: 'system' },
      reach: { kind: 'all' } as const,
    };
    for (const id of ids) {
      await datasets.delete(caller, id).catch((error: unknown) => {
        // its owner was faster
        if (!(error instanceof AppError && error.code === 'NOT_FOUND')) throw error;
      });
      await repository.forgetResults(id);
    }
    return ids.length;
  }

  async function collectBlobs(): Promise<number> {
    const ofChunks = await repository.listChunkBlobs();
    const isReferenced = async (sha256: string) =>
      ofChunks.has(sha256) || (await datasets.isReferenced(sha256));
    return (await collectGarbage({ storage, isReferenced })).blobs;
  }

  /** Once no more jobs run. */
  async function close(): Promise<void> {
    await threads.close();
    await tables.close();
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
