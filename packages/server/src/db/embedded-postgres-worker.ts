import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { giveHeapBack } from '../garbage.ts';
import { giveWayToEventLoops } from '../give-way.ts';
import { startWireServer, type WireServer, type WireServerOptions } from './wire-server.ts';

/** What the worker thread is started with. */
export interface EmbeddedPostgresTask {
  readonly folder: string;
  readonly listen: WireServerOptions['listen'];
  readonly databaseName: string;
}

/** What it says: once that it listens, or why it could not. */
export type EmbeddedPostgresReport =
  | { kind: 'listening'; port: number | null }
  | { kind: 'failed'; message: string };

/** What the most processes that there may be need, 256 with four each and one more as they start: each costs little. */
const connectionsMax = 1_300;
/**
 * PostgreSQL's own cache. By default it has 128 MB, all of which are in memory from the start, since WebAssembly's memory is
 * written to when it is had. What is not in it is read from the operating system's cache, which has the same files.
 */
const sharedBuffers = '32MB';
const startParams = [...PGlite.defaultStartParams, '-c', `shared_buffers=${sharedBuffers}`];

/**
 * PGlite runs each query synchronously. Here that blocks this thread alone, never the event loop that
 * serves requests.
 */
async function serve({ folder, listen, databaseName }: EmbeddedPostgresTask): Promise<void> {
  const db = await openDatabaseFolder(folder);
  const server = await startWireServer({
    session: {
      // the bytes are a view of the database's memory, which the next call overwrites
      run: (bytes, onAnswer) =>
        db.execProtocolRawStream(bytes, { onRawData: (data) => onAnswer(Buffer.from(data)) }),
      isInTransaction: () => db.isInTransaction(),
    },
    listen,
    databaseName,
    connectionsMax,
    onBroken: (error) => {
      throw error; // ends this thread, and tells the main thread why
    },
  });
  parentPort?.once('message', () => void stop(server, db)); // the one message there is
  giveHeapBack();
  // until now everybody waited for it; from here on it has mostly records of predictions to write, and steps of jobs
  giveWayToEventLoops();
  report({ kind: 'listening', port: server.port });
}

/**
 * Opens the database in `folder`, or makes it. A new one is made beside and renamed when complete, so that a
 * process killed on its first start leaves nothing that looks like a database and is none.
 */
async function openDatabaseFolder(folder: string): Promise<PGlite> {
  if (!existsSync(folder)) {
    const unfinished = `${folder}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
    const created = await PGlite.create(unfinished, { startParams });
    await created.close();
    renameSync(unfinished, folder);
  }
  return PGlite.create(folder, { startParams });
}

async function stop(server: WireServer, db: PGlite): Promise<void> {
  await server.close();
  await db.exec('CHECKPOINT'); // a short recovery at the next start
  await db.close();
  parentPort?.close();
}

function report(message: EmbeddedPostgresReport): void {
  parentPort?.postMessage(message);
}

// workerData has no type of its own; embedded-postgres.ts, its only sender, passes this
serve(workerData as EmbeddedPostgresTask).catch((error: unknown) => {
  report({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  parentPort?.close();
});
