import * as contracts from '@oriel/models';
import { modelsFolder } from '@oriel/models/location';
import { createApp } from './app.ts';
import type { FirstAdmin } from './auth/users/first-admin.ts';
import type { Config } from './config.ts';
import { readFirstAdmin } from './first-admin.ts';
import { giveHeapBack } from './garbage.ts';
import { letV8HelpersGiveWayOnceWarm } from './give-way.ts';
import { growHeapsFurther } from './heap-growth.ts';
import type { HandedConnections } from './http/handed-connections.ts';
import { createLogger } from './logger.ts';
import type { MetricsText } from './monitoring/metrics.ts';

export interface Serving {
  readonly url: string;
  readonly isReady: boolean;
  /** How the first admin gets in, until somebody did. For the terminal, never for a log. */
  readonly firstAdmin: FirstAdmin | null;
  close(): Promise<void>;
}

interface Options {
  readonly config: Config;
  /** Most connections to the database. */
  readonly connectionsMax?: number;
  /** Where HTTP connections come from when another process listens for this one. */
  readonly handed?: HandedConnections;
  /** Where the metrics of all processes come from; without it, they are this process' own. */
  readonly clusterMetrics?: MetricsText;
  /** Whether another process starts this one, and sees to what is done once. */
  readonly isWorker?: boolean;
}

/**
 * Serves the models of this repository from this process. It listens once every model has been tried, so that nobody
 * is sent to a process that still loads.
 *
 * @throws Error when the database cannot be used or the address is taken; nothing is left open then
 */
export async function serve({
  config,
  connectionsMax,
  handed,
  clusterMetrics,
  isWorker = false,
}: Options): Promise<Serving> {
  const logger = createLogger(config, process.stdout.isTTY);
  const app = await createApp({
    config,
    logger,
    registry: new URL('registry.ts', modelsFolder),
    contracts,
    modelsFolder,
    webFolder: new URL('../../web-demo/dist/', import.meta.url),
    ...(connectionsMax !== undefined && { connectionsMax }),
    ...(handed && { handed }),
    ...(clusterMetrics && { clusterMetrics }),
  });
  await app.ready;
  giveHeapBack();
  growHeapsFurther();
  letV8HelpersGiveWayOnceWarm();
  const { database } = app;
  const firstAdmin = isWorker ? null : await orClose(app, readFirstAdmin({ database, config, logger }));
  const url = await app.listen();
  const { isReady, checks } = await app.readiness();
  if (!isReady) logger.error({ checks }, 'not ready');
  return { url, isReady, firstAdmin, close: app.close };
}

async function orClose<T>(app: { close(): Promise<void> }, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    await app.close();
    throw error;
  }
}
