import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EmbeddedPostgresReport, EmbeddedPostgresTask } from './embedded-postgres-worker.ts';

export interface EmbeddedPostgresOptions {
  /** Folder of the database's files; made when it does not exist. The caller holds the lock on it. */
  folder: string;
  /** Called when the database ends without having been asked to; every query fails from then on. */
  onExit: (error: Error) => void;
}

export interface EmbeddedPostgres {
  /** Connection string for any PostgreSQL driver in this process. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts PostgreSQL inside this process, on a thread of its own behind a local socket.
 *
 * Survives kill -9 without losing an acknowledged row. PGlite never calls fsync, so a power cut may cost the
 * last ones.
 *
 * @throws Error when the files cannot be opened
 */
export async function startEmbeddedPostgres({
  folder,
  onExit,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const endpoint = await createEndpoint(folder);
  const worker = new Worker(new URL('./embedded-postgres-worker.ts', import.meta.url), {
    name: 'embedded-postgres',
    workerData: {
      folder,
      listen: endpoint.listen,
      databaseName: endpoint.databaseName,
    } satisfies EmbeddedPostgresTask,
  });
  let isClosing = false;
  let failure: Error | undefined;
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.on('error', (error) => {
    failure = error instanceof Error ? error : new Error(String(error));
  });

  try {
    const { port } = await readReport(worker, folder);
    void exited.then(async () => {
      await endpoint.remove();
      if (!isClosing) onExit(new Error('the embedded database stopped unexpectedly', { cause: failure }));
    });
    return { url: endpoint.toUrl(port), close };
  } catch (error) {
    await worker.terminate();
    await endpoint.remove();
    throw error;
  }

  async function close(): Promise<void> {
    isClosing = true;
    worker.postMessage('stop');
    await exited;
    await endpoint.remove();
  }
}

function readReport(worker: Worker, folder: string): Promise<{ port: number | null }> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string, cause?: unknown) =>
      reject(new Error(`The embedded database in ${folder} could not be opened: ${reason}`, { cause }));
    worker.once('message', (report: EmbeddedPostgresReport) => {
      if (report.kind === 'listening') resolve({ port: report.port });
      else fail(report.message);
    });
    worker.once('error', (error: unknown) =>
      fail(error instanceof Error ? error.message : String(error), error),
    );
    worker.once('exit', (code) => fail(`its thread ended with code ${code}`));
  });
}

interface Endpoint {
  readonly listen: EmbeddedPostgresTask['listen'];
  readonly databaseName: string;
  toUrl(port: number | null): string;
  remove(): Promise<void>;
}

function createEndpoint(folder: string): Promise<Endpoint> {
  return process.platform === 'win32' ? createLoopbackEndpoint() : createSocketEndpoint(folder);
}

/**
 * A Unix socket in a folder that only this user can enter; not among the data, where its path may get too
 * long.
 */
async function createSocketEndpoint(dataFolder: string): Promise<Endpoint> {
  const folder = await createPrivateFolder(dataFolder);
  return {
    listen: { path: join(folder, '.s.PGSQL.5432') }, // the name drivers look for
    databaseName: 'oriel',
    toUrl: () => `postgres://postgres@localhost:5432/oriel?host=${encodeURIComponent(folder)}`,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Named after the data, so that the next start clears away what a killed process left. */
async function createPrivateFolder(dataFolder: string): Promise<string> {
  const key = createHash('sha256').update(resolve(dataFolder)).digest('hex').slice(0, 12);
  const path = join(tmpdir(), `oriel-${key}`);
  const found = await lstat(path).catch(() => null);
  // one that another user has put there is no place for our socket
  if (found && found.uid !== process.getuid?.()) return mkdtemp(`${path}-`);
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { mode: 0o700 });
  return path;
}

/** Any user of the machine can reach a loopback port; the name of the database is what they do not know. */
async function createLoopbackEndpoint(): Promise<Endpoint> {
  const databaseName = randomBytes(24).toString('hex');
  return {
    listen: { host: '127.0.0.1', port: 0 },
    databaseName,
    toUrl: (port) => `postgres://postgres@127.0.0.1:${port}/${databaseName}`,
    remove: async () => {},
  };
}
