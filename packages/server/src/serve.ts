import * as contracts from '@oriel/models';
import { modelsFolder } from '@oriel/models/location';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { createLogger } from './logger.ts';
import type { MetricsText } from './monitoring/metrics.ts';

export interface Serving {
  readonly url: string;
  readonly isReady: boolean;
  close(): Promise<void>;
}

interface Options {
  readonly config: Config;
  /** Most connections to the database. */
  readonly connectionsMax?: number;
  /** Where the metrics of all processes come from; without it, they are this process' own. */
  readonly clusterMetrics?: MetricsText;
}

/**
 * Serves the models of this repository from this process. It listens once every model has been tried, so that nobody
 * is sent to a process that still loads.
 *
 * @throws Error when the database cannot be used or the address is taken; nothing is left open then
 */
export async function serve({ config, connectionsMax, clusterMetrics }: Options): Promise<Serving> {
  const logger = createLogger(config, process.stdout.isTTY);
  const app = await createApp({
    config,
    logger,
    registry: new URL('registry.ts', modelsFolder),
    contracts,
    modelsFolder,
    webFolder: new URL('../../web-demo/dist/', import.meta.url),
    ...(connectionsMax !== undefined && { connectionsMax }),
    ...(clusterMetrics && { clusterMetrics }),
  });
  await app.ready;
  const url = await app.listen();
  const { isReady, checks } = await app.readiness();
  if (!isReady) logger.error({ checks }, 'not ready');
  return { url, isReady, close: app.close };
}
