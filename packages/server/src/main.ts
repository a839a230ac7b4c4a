import cluster from 'node:cluster';
import type { FirstAdmin } from './auth/users/first-admin.ts';
import { runPrimary } from './cluster/primary.ts';
import { runWorker } from './cluster/worker.ts';
import { type Config, readConfig } from './config.ts';
import { type Serving, serve } from './serve.ts';

const config = readConfigOrExit();

if (cluster.isWorker) await runWorker(config);
else await run();

async function run(): Promise<void> {
  try {
    const startedAt = performance.now();
    const serving = await (config.processes > 1 ? runPrimary(config) : serve({ config }));
    stopOnSignals(serving);
    // written once, for the person who typed the command; the log goes on in its own format
    process.stdout.write(welcome(serving, Math.round(performance.now() - startedAt)));
  } catch (error) {
    fail(error);
  }
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

/**
 * The first signal stops in order, a later one at once. Process managers and terminals often send one signal twice, to
 * the process and to its group: what comes within a second counts as the same.
 */
function stopOnSignals({ close }: Serving): void {
  let stoppingSince: number | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stoppingSince === undefined) {
        stoppingSince = performance.now();
        close().then(() => process.exit(0), fail);
      } else if (performance.now() - stoppingSince > 1000) {
        process.exit(1);
      }
    });
  }
}

function welcome({ url, isReady, firstAdmin }: Serving, ms: number): string {
  const state = isReady ? `is ready (${ms} ms)` : 'is up, but NOT ready: see /health/ready';
  return `
  Oriel ${state}

    Demo page   ${url}
    API         ${url}/docs
    Health      ${url}/health/ready
${firstAdmin ? firstSignIn(url, firstAdmin) : ''}
`;
}

/** To the terminal alone: whoever reads a log must not become an admin. */
function firstSignIn(url: string, { email, path }: FirstAdmin): string {
  return `
    Nobody has signed in as an admin yet. This link does so once, within an hour; later signs in as ${email}:
    ${url}${path}
`;
}
