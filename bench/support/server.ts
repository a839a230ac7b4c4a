import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface Subject {
  readonly name: string;
  /** The command that serves on the port in PORT; run in the folder `bench`. */
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Running {
  readonly url: string;
  readonly pid: number;
  /** From the start of the command to the first 200 of its readiness probe. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

interface Choices {
  /** Where it keeps its data; a folder of its own, removed afterwards, if left out. */
  readonly dataFolder?: string;
  readonly onOutput?: (text: string) => void;
  /**
   * In the session of the benchmark, not in one of its own. Linux shares the processor out between sessions first, and
   * then among the threads of each, whatever priority they have: who measures how long an answer takes would wait for
   * jobs that give way to everything in their own session, as a caller on another machine does not.
   */
  readonly isOfThisSession?: boolean;
}

const benchFolder = fileURLToPath(new URL('../', import.meta.url));
const readyMsMax = 180_000;

/** Oriel's settings that are set for the benchmark: to see what another one would change. */
const settings = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name.startsWith('ORIEL_')),
);

/** Starts a server on a free port of this machine's loopback and waits until it is ready. */
export async function start(subject: Subject, choices: Choices = {}): Promise<Running> {
  const port = await freePort();
  const { dataFolder } = choices;
  const folder = dataFolder ?? (await mkdtemp(join(tmpdir(), 'oriel-bench-data-')));
  const startedAt = performance.now();
  const child = run(subject, port, folder, choices);
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    await end(child);
    if (dataFolder === undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    await whenReady(child, subject, url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, pid: child.pid ?? 0, readyMs: performance.now() - startedAt, stop };
}

function run(
  { command: [program, ...args], env = {} }: Subject,
  port: number,
  dataFolder: string,
  { onOutput, isOfThisSession = false }: Choices,
): ChildProcess {
  const child = spawn(program, args, {
    cwd: benchFolder,
    // its own session and group, so that nothing it started outlives it
    detached: !isOfThisSession,
    env: {
      ...settings,
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'production',
      ORT_DISABLE_TELEMETRY: '1',
      HOST: '127.0.0.1',
      PORT: String(port),
      ORIEL_DATA_DIR: dataFolder,
      // one caller asks for all, and faster than the limits; an API key has none
      ORIEL_ANONYMOUS_PER_MINUTE: '0',
      ORIEL_CALLER_PER_MINUTE: '0',
      ...env,
    },
    stdio: ['ignore', onOutput ? 'pipe' : 'ignore', 'inherit'],
  });
  child.stdout?.setEncoding('utf8').on('data', (text: string) => onOutput?.(text));
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

async function whenReady(child: ChildProcess, { name }: Subject, url: string): Promise<void> {
  const giveUpAt = performance.now() + readyMsMax;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode} before it was ready`);
    if (performance.now() > giveUpAt)
      throw new Error(`${name} is not ready after ${readyMsMax / 1000} seconds`);
    const isReady = await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await sleep(25);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await Promise.race([once(child, 'exit'), sleep(15_000, undefined, { ref: false })]);
  }
  killAll(child);
}

/** The server, and whatever it started and left behind in its group, where it has one. */
function killAll(child: ChildProcess): void {
  child.kill('SIGKILL');
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // nothing is left, as it should be
  }
}

// an interrupted benchmark leaves no server behind
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach(killAll));
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}
