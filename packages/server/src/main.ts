import cluster from 'node:cluster';
import type { FirstAdmin } from './auth/users/first-admin.ts';
import { compiledCodeEnvironment, keepCompiledCode } from './compiled-code.ts';
import { type Config, readConfig } from './config.ts';
import { checkAddress } from './http/server-address.ts';
import type { Serving } from './serve.ts';

const config = readConfigOrExit();

// what a process loads is kept for good, and each kind loads something else: the server is more than half of a primary
if (cluster.isWorker) await (await import('./cluster/worker.ts')).runWorker(config);
else await run();

async function run(): Promise<void> {
  const startedAt = performance.now();
  const starting = start();
  const signals = stopOnSignals(starting);
  try {
    const serving = await starting;
    if (signals.isStopping()) return;
    // where it cannot be written, as on a disk that is full, the server serves all the same
    process.stdout.on('error', () => undefined);
    // written once, for the person who typed the command; the log goes on in its own format
    process.stdout.write(welcome(serving, Math.round(performance.now() - startedAt)));
  } catch (error) {
    // a signal that reaches every process ends those that have hardly begun, and the start with them: it is what was asked for
    if (signals.isStopping()) process.exit(0);
    fail(error);
  }
}

async function start(): Promise<Serving> {
  // told before a database is made and models are loaded; listening itself decides in the end
  await checkAddress(config);
  if (config.processes > 1) {
    // not for this process: it has little to compile, and keeping that takes 15 MiB of memory
    const workerEnv = compiledCodeEnvironment(config, process.env);
    return (await import('./cluster/primary.ts')).runPrimary(config, workerEnv);
  }
  keepCompiledCode(config, process.env);
  return (await import('./serve.ts')).serve({ config });
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
 * the process and to its group: what comes within a second counts as the same. A server that is still starting stops once
 * it has: what it is at, a migration perhaps, is not to be left half done.
 */
function stopOnSignals(starting: Promise<Serving>) {
  let stoppingSince: number | undefined;
  const stop = async () => {
    // why it did not start is told by whoever started it
    const serving = await starting.catch(() => null);
    await serving?.close();
    if (serving) process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stoppingSince === undefined) {
        stoppingSince = performance.now();
        stop().catch(fail);
      } else if (performance.now() - stoppingSince > 1000) {
        process.exit(1);
      }
    });
  }
  return { isStopping: () => stoppingSince !== undefined };
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
