import type { AnyContract } from '@oriel/schemas';
import type { FastifyBaseLogger } from 'fastify';
import { createAppRouter } from './app-router.ts';
import type { Config } from './config.ts';
import { openDatasetsAndJobs } from './datasets-and-jobs.ts';
import { openDatabase } from './db/database.ts';
import { createEngine } from './engine/engine.ts';
import { docsPage } from './http/docs-page.ts';
import { exportDoor } from './http/export-door.ts';
import { type HandedConnections, serveHanded } from './http/handed-connections.ts';
import { identification } from './http/identification.ts';
import { jobDoor } from './http/job-door.ts';
import { addressLimiting, callerLimiting, failureLimiting } from './http/limiting.ts';
import { metricsAccess } from './http/metrics-access.ts';
import { oauthDoor } from './http/oauth-door.ts';
import { oidcDoor } from './http/oidc-door.ts';
import { openInferenceDoor } from './http/open-inference-door.ts';
import { createOpenApiDocument } from './http/openapi.ts';
import { predictStreamDoor } from './http/predict-stream-door.ts';
import { probes, type Readiness } from './http/probes.ts';
import { contextFactory } from './http/request-context.ts';
import { restDoor } from './http/rest-door.ts';
import { createHttpServer } from './http/server.ts';
import { schemeOf, toListenError, toServerUrl } from './http/server-address.ts';
import { trpcDoor } from './http/trpc-door.ts';
import { uploadDoor } from './http/upload-door.ts';
import { webApp } from './http/web-app.ts';
import { openIdentity } from './identity.ts';
import { rateLimited } from './limits/limits.ts';
import { readModelCards } from './models/model-cards.ts';
import { createModelService } from './models/service.ts';
import { createMetrics, type MetricsText } from './monitoring/metrics.ts';
import { createInferenceService } from './open-inference/service.ts';
import { createStreamPredictor } from './predictions/predict-stream.ts';
import { createRecorder } from './predictions/recorder.ts';
import { createPredictionRepository } from './predictions/repository.ts';
import { createPredictionService } from './predictions/service.ts';
import { version } from './version.ts';

interface Options {
  readonly config: Config;
  readonly logger: FastifyBaseLogger;
  /** The model registry: the module that exports every contract, and what it exports. */
  readonly registry: URL;
  readonly contracts: Readonly<Record<string, AnyContract>>;
  /** Folder that holds one folder per model. */
  readonly modelsFolder: URL;
  /** Most connections to the database. */
  readonly connectionsMax?: number;
  /** Where HTTP connections come from when another process listens for this one. */
  readonly handed?: HandedConnections;
  /** The metrics of all processes; without it, this process' own. */
  readonly clusterMetrics?: MetricsText;
  /** Folder of the built demo page. */
  readonly webFolder: URL;
}

/** What a database that hardly answers is given, once the work is done, to take what is still to be written. */
const lastWritesMsMax = 5_000;

/**
 * Opens the edges, builds the features on them and puts them behind the doors; the one place that knows all parts.
 * Nothing listens before `listen`; `close` undoes all of it in reverse order.
 *
 * @throws Error when the database cannot be opened or migrated
 */
export async function createApp({
  config,
  logger,
  registry,
  contracts,
  modelsFolder,
  webFolder,
  connectionsMax,
  handed,
  clusterMetrics,
}: Options) {
  let isStopping = false;
  const metrics = createMetrics();
  const database = await openDatabase({
    databaseUrl: config.databaseUrl,
    dataFolder: config.dataFolder,
    logger,
    ...(connectionsMax !== undefined && { connectionsMax }),
  });
  const engine = createEngine({
    registry,
    models: contracts,
    modelsFolder,
    threads: config.threads,
    microModels: config.microModels,
    threadHeapMb: config.threadHeapMb,
    queueItemsMax: config.queueItemsMax,
    queueMsMax: config.queueMsMax,
    deadlineMs: config.deadlineMs,
    stuckMs: config.stuckMs,
    cacheEntriesMax: config.cacheEntriesMax,
    logger,
    observer: metrics.observer,
  });
  const starting = engine.start();

  const repository = createPredictionRepository(database);
  const recorder = createRecorder({
    repository,
    rowsPerSecondMax: config.recordsPerSecondMax,
    logger,
    onDropped: metrics.onRecordsDropped,
  });
  metrics.observeGauges({ engineStats: engine.stats, recordsWaiting: recorder.waitingCount });
  const issuer = () => config.publicUrl ?? url();
  const identity = await openIdentity({
    config,
    database,
    publicUrl: issuer,
    models: Object.keys(contracts),
    onStoreFailure: metrics.onLimitStoreFailure,
    cancelJobsOf,
    logger,
  });
  const { limits, quotas } = identity;
  const largeWork = await openDatasetsAndJobs({
    config,
    database,
    engine,
    threadData: { registry: registry.href, modelsFolder: modelsFolder.href, heapMb: config.threadHeapMb },
    contracts,
    audit: identity.services.audit,
    metrics,
    findReach: identity.findReach,
    onComputed: quotas.addJobCompute,
    logger,
  });
  const { datasets, datasetJobs, jobs, schedules } = largeWork;
  const services = {
    ...identity.services,
    datasetJobs,
    datasets,
    jobs: jobs.service,
    schedules,
    models: createModelService({
      contracts,
      engine,
      cards: await readModelCards(modelsFolder, Object.keys(contracts)),
    }),
    predictions: createPredictionService({
      engine,
      recorder,
      repository,
      onPredicted: metrics.onPredicted,
      onComputed: quotas.addCompute,
    }),
    inference: createInferenceService({
      engine,
      onPredicted: metrics.onPredicted,
      onComputed: quotas.addCompute,
    }),
  };

  const router = createAppRouter(contracts);
  const openApiDocument = createOpenApiDocument({
    router,
    contracts,
    version,
    isAnonymousAllowed: config.isAnonymousAllowed,
  });
  const createContext = contextFactory({ services, deadlineMs: config.deadlineMs });
  const limitCaller = callerLimiting({ limits, quotas });
  const identify = failureLimiting({ limits }, identification(identity.authentication), limitCaller);
  const server = await createHttpServer({
    config,
    logger,
    isStopping: () => isStopping,
    onAnswered: metrics.onRequest,
  });
  // who only does jobs answers nobody
  if (config.role !== 'worker') await openDoors();
  await server.register(probes, {
    readiness,
    metrics: { contentType: metrics.contentType, text: clusterMetrics ?? metrics.text },
    checkMetricsAccess: metricsAccess({ isOpen: config.areMetricsOpen, identify }),
  });

  const { retention } = largeWork;
  return { listen, close, ready: starting, readiness, recorder, retention, server, services, database, url };

  /** What identity ends was opened after it. */
  function cancelJobsOf(owner: string): Promise<void> {
    return jobs.service.cancelAllOf(owner);
  }

  async function openDoors(): Promise<void> {
    await server.register(trpcDoor, { router, createContext, identify, limits: config });
    await server.register(restDoor, {
      prefix: '/api/v1',
      procedures: router._def.procedures,
      createContext,
      identify,
      limits: config,
    });
    await server.register(uploadDoor, {
      prefix: '/api/v1',
      createContext,
      identify,
      limits: {
        ...config,
        uploadBytesMax: config.datasets.uploadBytesMax,
        idleMs: config.requestMsMax,
        totalMs: config.datasets.uploadMsMax,
      },
    });
    await server.register(exportDoor, { prefix: '/api/v1', createContext, identify, limits: config });
    await server.register(jobDoor, {
      prefix: '/api/v1',
      services,
      procedures: router._def.procedures,
      createContext,
      identify,
    });
    await server.register(predictStreamDoor, {
      prefix: '/api/v1',
      contracts,
      streams: createStreamPredictor({
        engine,
        onPredicted: metrics.onPredicted,
        onComputed: quotas.addCompute,
      }),
      identify,
      isStillKnown: identity.isStillKnown,
      limits,
      quotas,
      jsonDepthMax: config.jsonDepthMax,
      idleMs: config.requestMsMax,
    });
    await server.register(openInferenceDoor, {
      prefix: '/v2',
      inference: services.inference,
      createContext,
      identify,
      readiness,
      jsonDepthMax: config.jsonDepthMax,
    });
    await server.register(oauthDoor, {
      tokens: services.tokens,
      signingKeys: identity.signingKeys,
      issuer,
      limitAddress: addressLimiting({ limits }),
      async countFailure(ip) {
        const standing = await limits.takeFailure(ip);
        if (standing?.isRefused) throw rateLimited(standing);
      },
    });
    const { oidc } = identity;
    if (oidc) await server.register(oidcDoor, { oidc, identify });
    server.get('/api/openapi.json', async () => openApiDocument);
    await server.register(docsPage, { documentUrl: '/api/openapi.json' });
    await server.register(webApp, { folder: webFolder });
  }

  /**
   * Starts listening, and says where. Models may still be loading: see `ready` and `/health/ready`.
   *
   * @throws Error when the address cannot be had; everything is closed again then
   */
  async function listen(): Promise<string> {
    try {
      if (config.role !== 'api') await largeWork.work(starting);
      if (handed) await serveHanded(server, handed);
      else
        await server.listen({
          host: config.host,
          port: config.port,
          // Fastify does not know what its listeners speak
          listenTextResolver: (address) => `listening at ${address.replace(/^http(?=:)/, schemeOf(config))}`,
        });
    } catch (error) {
      await close();
      throw toListenError(error, config);
    }
    return url();
  }

  function url(): string {
    if (handed) return handed.url();
    const [address] = server.addresses();
    return toServerUrl(config, typeof address === 'object' ? address.port : config.port);
  }

  async function readiness(): Promise<Readiness> {
    const checks: Record<string, string> = {};
    for (const { id, versions } of engine.models()) {
      for (const { version, state, reason } of versions)
        checks[`${id}@${version}`] = reason ? `${state}: ${reason}` : state;
    }
    for (const id of Object.keys(contracts)) {
      if (!Object.keys(checks).some((key) => key.startsWith(`${id}@`))) checks[id] = 'loading';
    }
    checks.database = await database.ping().then(
      () => 'ready',
      () => 'not reachable: predictions go on, but are not recorded',
    );
    checks.server = isStopping ? 'stopping' : 'ready';
    return { isReady: Object.values(checks).every((check) => check === 'ready'), checks };
  }

  /** Refuses what is new, finishes what was accepted, writes what is buffered, and closes; at most `drainMs` for the work. */
  async function close(): Promise<void> {
    if (isStopping) return;
    isStopping = true;
    // those who watch jobs go to another process; the jobs themselves are handed back, while there is an engine yet
    jobs.stopWatching();
    await Promise.race([drain(), later(config.drainMs)]);
    server.server.closeAllConnections();
    // one that hangs would keep them waiting for a minute and more
    await Promise.race([Promise.all([recorder.close(), identity.close()]), later(lastWritesMsMax)]);
    await engine.close();
    await largeWork.close();
    await database.close();
  }

  async function drain(): Promise<void> {
    const closing = server.close();
    await jobs.stop();
    await Promise.all([engine.drain(), closing]);
  }
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
