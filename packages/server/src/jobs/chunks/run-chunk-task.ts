import { workerData } from 'node:worker_threads';
import { type Database, openDatabase } from '../../datasets/table/database.ts';
import { spliceParquet } from '../../datasets/table/splice-parquet.ts';
import { importContract, loadVersion } from '../../engine/worker/load-version.ts';
import type { VersionFile } from '../../engine/worker/protocol.ts';
import type { LoadedVersion } from '../../engine/worker/run-batch.ts';
import { SessionGate } from '../../engine/worker/session-gate.ts';
import { checkChunk } from './check-chunk.ts';
import type {
  CheckReply,
  CheckTask,
  ChunkThreadData,
  ChunkThreadReply,
  ChunkThreadTask,
  ScoreReply,
  ScoreTask,
} from './protocol.ts';
import { scoreChunk } from './score-chunk.ts';

// Piscina hands on the data it was given: chunk-threads.ts gives this type
const data = workerData as ChunkThreadData;
const gate = new SessionGate();
const versions = new Map<string, Promise<LoadedVersion>>();
const databases = new Map<string, Promise<Database>>();

/** Runs on a thread of its own, one task at a time. */
export function runTask(task: ChunkThreadTask): Promise<ChunkThreadReply> {
  switch (task.kind) {
    case 'hello':
      return Promise.resolve({ gate: gate.buffer });
    case 'score':
      return score(task);
    case 'check':
      return check(task);
    case 'splice':
      return Promise.resolve({ blob: spliceParquet(task) });
  }
}

async function check(task: CheckTask): Promise<CheckReply> {
  const contract = await importContract(task.model, data.registry);
  return checkChunk(contract, await databaseOf(task.folder), task);
}

async function score(task: ScoreTask): Promise<ScoreReply> {
  const [version, database] = await Promise.all([versionOf(task.file), databaseOf(task.folder)]);
  return scoreChunk(version, database, task);
}

function versionOf(file: VersionFile): Promise<LoadedVersion> {
  return remembered(versions, file.key, () => loadVersion(file, data, gate));
}

function databaseOf(folder: string): Promise<Database> {
  return remembered(databases, folder, () =>
    openDatabase({ folder, memoryMb: data.tableMemoryMb, threads: 1, isOnThisThread: true }),
  );
}

/** What is made once; what failed is tried again by the next. */
function remembered<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key);
  if (found) return found;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}
