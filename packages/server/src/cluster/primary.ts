import cluster, { type Worker } from 'node:cluster';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AggregatorRegistry } from 'prom-client';
import type { Config } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import { readFirstAdmin } from '../first-admin.ts';
import { giveHeapBack } from '../garbage.ts';
import { letV8HelpersGiveWayOnceWarm } from '../give-way.ts';
import { toListenError, toServerUrl } from '../http/server-address.ts';
import { createLogger } from '../logger.ts';
import type { Serving } from '../serve.ts';
import { createConnectionSharing } from './connection-sharing.ts';
import { type PrimaryMessage, type WorkerMessage, workerMessageSchema } from './messages.ts';
import { watchPulse } from './pulse.ts';

/** A worker that ended is replaced after this, so that one that cannot live does not keep the machine busy. */
const restartAfterMs = 500;
/** Beyond the time that a worker is given to finish its work. */
const stopGraceMs = 5_000;

/**
 * Serves from several processes on one port. This one owns the embedded database and the data folder, starts the
 * others, replaces those that end or stand still, gives them connections, and sums their metrics; it answers no request itself.
 *
 * @param workerEnv - what the others have in their environment beside what this one has
 * @throws Error when the database cannot be used, or the first start of a worker fails; nothing is left running then
 */
export async function runPrimary(
  config: Config,
  workerEnv: Readonly<Record<string, string>>,
): Promise<Serving> {
  const logger = createLogger(config, process.stdout.isTTY);
  const database = await openDatabase({
    databaseUrl: config.databaseUrl,
    dataFolder: config.dataFolder,
    logger,
  });
  const aggregator = new AggregatorRegistry();
  const connections = createConnectionSharing(config);
  const listening = Promise.withResolvers<string>();
  let isStopping = false;

  try {
    const firstAdmin = await readFirstAdmin({ database, config, logger });
    const starting = Promise.all(Array.from({ length: config.processes }, startWorker));
    giveHeapBack(); // there is time while they start
    const started = await starting;
    letV8HelpersGiveWayOnceWarm();
    const url = toServerUrl(config, await listen());
    logger.info(`listening at ${url}`);
    listening.resolve(url);
    return { url, isReady: started.every(({ isReady }) => isReady), firstAdmin, close };
  } catch (error) {
    await close();
    throw error;
  }

  async function listen(): Promise<number> {
    try {
      return await connections.listen();
    } catch (error) {
      throw toListenError(error, config);
    }
  }

  async function startWorker(): Promise<{ isReady: boolean }> {
    const worker = cluster.fork({ ...workerEnv, DATABASE_URL: database.url });
    worker.on('error', (err) =>
      logger.warn({ err, pid: worker.process.pid }, 'a worker process cannot be reached'),
    );
    worker.on('exit', (code, signal) => {
      if (!isStopping) logger.error({ pid: worker.process.pid, code, signal }, 'a worker process ended');
    });
    const serving = await waitForServing(worker);
    worker.once('exit', () => void replace());
    endOnceStuck(worker);
    // until all serve nothing listens; who replaces another is given connections at once
    void listening.promise.then((url) => giveConnections(worker, url));
    return serving;
  }

  /** Its exit is heard, and it is replaced. */
  function endOnceStuck(worker: Worker): void {
    const pulse = watchPulse({
      ask: () => tell(worker, { type: 'oriel:alive-wanted' }),
      onStuck() {
        logger.error({ pid: worker.process.pid }, 'a worker process stands still, and is ended');
        worker.process.kill('SIGKILL');
      },
    });
    worker.on('message', (raw: unknown) => {
      if (workerMessageSchema.safeParse(raw).data?.type === 'oriel:alive') pulse.onAnswer();
    });
    worker.once('exit', pulse.stop);
  }

  async function replace(): Promise<void> {
    await sleep(restartAfterMs);
    if (isStopping) return;
    try {
      await startWorker();
    } catch (error) {
      logger.error({ err: error }, 'a worker process could not be replaced; trying again');
      await replace();
    }
  }

  /** Tells it where its callers find it, and gives it connections until it ends. */
  function giveConnections(worker: Worker, url: string): void {
    if (!worker.isConnected()) return;
    tell(worker, { type: 'oriel:listening', url });
    const share = connections.add({
      give: (connection) => tell(worker, { type: 'oriel:connection' }, connection),
    });
    worker.on('message', (raw: unknown) => {
      const { data: message } = workerMessageSchema.safeParse(raw);
      if (message?.type === 'oriel:connections') share.report(message);
    });
    worker.once('disconnect', share.remove);
    worker.once('exit', share.remove);
  }

  function waitForServing(worker: Worker): Promise<{ isReady: boolean }> {
    return new Promise((resolve, reject) => {
      worker.on('message', (raw: unknown) => {
        const { data: message } = workerMessageSchema.safeParse(raw);
        if (message?.type === 'oriel:serving') resolve(message);
        if (message?.type === 'oriel:failed') reject(new Error(message.message));
        if (message?.type === 'oriel:metrics-wanted') void answerMetrics(worker, message);
      });
      worker.once('exit', (code, signal) =>
        reject(new Error(`A worker process ended with ${signal ?? code}.`)),
      );
      // where the system has no room for another process, there is none that could end
      worker.once('error', (error) => {
        if (worker.process.pid === undefined) reject(error);
      });
    });
  }

  async function answerMetrics(worker: Worker, { id }: WorkerMessage & { type: 'oriel:metrics-wanted' }) {
    const text = await aggregator.clusterMetrics().catch((error: unknown) => `# ${String(error)}\n`);
    tell(worker, { type: 'oriel:metrics', id, text });
  }

  async function close(): Promise<void> {
    isStopping = true;
    connections.close();
    await Promise.all(workers().map(stopWorker));
    await database.close();
  }

  async function stopWorker(worker: Worker): Promise<void> {
    if (worker.isDead()) return;
    // not `once` of node:events, which fails on an error event: a worker that is just ending cannot be told any more
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    tell(worker, { type: 'oriel:stop' });
    const kill = setTimeout(() => worker.process.kill('SIGKILL'), config.drainMs + stopGraceMs);
    await exited;
    clearTimeout(kill);
  }
}

function workers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}

function tell(worker: Worker, message: PrimaryMessage, connection?: Socket): void {
  // what cannot be said to a worker that is ending needs not be said: its exit is heard, and its connections go to others
  if (worker.isConnected()) worker.send(message, connection, () => undefined);
}
