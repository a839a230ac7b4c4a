import * as contracts from '@oriel/models';
import { modelsFolder } from '@oriel/models/location';
import { createApp } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { createLogger } from './logger.ts';

const config = readConfigOrExit();
const logger = createLogger(config, process.stdout.isTTY);

try {
  const startedAt = performance.now();
  const app = await createApp({
    config,
    logger,
    registry: new URL('registry.ts', modelsFolder),
    contracts,
    modelsFolder,
    webFolder: new URL('../../web-demo/dist/', import.meta.url),
  });
  stopOnSignals(app.close);
  const url = await app.listen();
  await app.ready;
  const { isReady, checks } = await app.readiness();
  if (!isReady) logger.error({ checks }, 'not ready');
  // written once, for the person who typed the command; the log goes on in its own format
  process.stdout.write(welcome(url, isReady, Math.round(performance.now() - startedAt)));
} catch (error) {
  fail(error);
}

function readConfigOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    return fail(error);
  }
}

/** Says in one message why there is no server; stack traces are for bugs, not for a wrong setting. */
function fail(error: unknown): never {
  process.stderr.write(`\nOriel did not start.\n${error instanceof Error ? error.message : String(error)}\n`);
  if (process.env.LOG_LEVEL === 'debug' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}

function stopOnSignals(close: () => Promise<void>): void {
  let signals = 0;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (++signals > 1) process.exit(1);
      logger.info({ signal }, 'stopping');
      close().then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'could not stop cleanly');
          process.exit(1);
        },
      );
    });
  }
}

function welcome(url: string, isReady: boolean, ms: number): string {
  const state = isReady ? `is ready (${ms} ms)` : 'is up, but NOT ready: see /health/ready';
  return `
  Oriel ${state}

    Demo page   ${url}
    API         ${url}/docs
    Health      ${url}/health/ready

`;
}
