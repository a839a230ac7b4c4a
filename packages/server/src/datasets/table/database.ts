import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBMaterializedResult,
  DuckDBPendingResultState,
  type DuckDBValue,
} from '@duckdb/node-api';
import { toTableError } from './read-errors.ts';
import { literal } from './sql.ts';

interface Options {
  /** The one folder that can be read and written. */
  readonly folder: string;
  /** In MiB; what needs more goes to disk, or is refused. */
  readonly memoryMb: number;
  /** Of each statement. More take cores away from predictions. */
  readonly threads: number;
  /** Runs statements on the calling thread, which they block, with its priority. Default: on threads of libuv's pool. */
  readonly isOnThisThread?: boolean;
}

export type Database = Awaited<ReturnType<typeof openDatabase>>;

/**
 * DuckDB in memory, locked in: it reads and writes one folder, loads no extension, and none of that can be changed by a
 * statement. Statements run on threads of libuv's pool, never on the event loop.
 */
export async function openDatabase({ folder, memoryMb, threads, isOnThisThread = false }: Options) {
  let instance = await openInstance();
  let replacing: Promise<void> | undefined;

  return { memoryMb, connect, withConnection, read, readEach, openFolder, close: () => instance.closeSync() };

  async function openInstance(): Promise<DuckDBInstance> {
    // of its own: two databases would call their files the same
    const spill = await mkdtemp(join(folder, 'spill-'));
    const opened = await DuckDBInstance.create(':memory:', {
      threads: String(threads),
      memory_limit: `${memoryMb}MiB`,
      temp_directory: spill,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
    });
    const connection = await opened.connect();
    for (const statement of lockingStatements(folder)) await connection.run(statement);
    connection.closeSync();
    return opened;
  }

  /** Of a new instance where the one there is was given up: a file that is made for it brings DuckDB to do that. */
  async function connectToSound(): Promise<DuckDBConnection> {
    const used = instance;
    const connection = await used.connect();
    if (await isSound(connection)) return connection;
    connection.closeSync();
    if (used === instance)
      replacing ??= replace().finally(() => {
        replacing = undefined;
      });
    await replacing;
    return instance.connect();
  }

  /** Statements that are at work on the old one come to their end, and it goes with the last of them. */
  async function replace(): Promise<void> {
    const old = instance;
    instance = await openInstance();
    old.closeSync();
  }

  /** A connection of its own, to be closed; what runs on it is stopped when `signal` is aborted. */
  async function connect(signal?: AbortSignal): Promise<Disposable & { connection: DuckDBConnection }> {
    signal?.throwIfAborted();
    const connection = await connectToSound();
    if (isOnThisThread)
      connection.run = (sql, values, types) => runOnThisThread(connection, sql, values, types);
    const stop = () => connection.interrupt();
    signal?.addEventListener('abort', stop, { once: true });
    const dispose = () => {
      signal?.removeEventListener('abort', stop);
      connection.closeSync();
    };
    return { connection, [Symbol.dispose]: dispose };
  }

  /** Lends a connection. @throws the signal's reason when it is aborted */
  async function withConnection<T>(
    work: (connection: DuckDBConnection) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    using connected = await connect(signal);
    try {
      return await work(connected.connection);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  /**
   * Lends a connection to what only reads, and gives nothing away before its end: it is begun anew, once, when the instance
   * is given up under it, for which a file that somebody else reads is enough.
   *
   * @throws the signal's reason when it is aborted; AppError TABLE_MEMORY_EXCEEDED, STORAGE_UNAVAILABLE
   */
  async function read<T>(
    work: (connection: DuckDBConnection) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    try {
      return await withConnection(work, signal).catch((error: unknown) => {
        if (isGivenUp(error)) return withConnection(work, signal);
        throw error;
      });
    } catch (error) {
      throw toTableError(error, memoryMb);
    }
  }

  /** The same for what is handed on as it is read: it is begun anew only as long as nothing was. */
  async function* readEach<T>(
    work: (connection: DuckDBConnection) => AsyncIterable<T>,
    signal?: AbortSignal,
  ): AsyncGenerator<T, void> {
    for (let hasBegun = false, isAgain = false; ; isAgain = true) {
      using connected = await connect(signal);
      try {
        for await (const item of work(connected.connection)) {
          hasBegun = true;
          yield item;
        }
        return;
      } catch (error) {
        signal?.throwIfAborted();
        if (hasBegun || isAgain || !isGivenUp(error)) throw toTableError(error, memoryMb);
      }
    }
  }

  /** An empty folder that DuckDB may read and write; removed when it goes out of `await using`. */
  async function openFolder(): Promise<AsyncDisposable & { path: string }> {
    const path = await mkdtemp(join(folder, 'work-'));
    return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
  }
}

/** After an error within itself, DuckDB begins no statement of that instance any more. */
async function isSound(connection: DuckDBConnection): Promise<boolean> {
  try {
    await connection.run('SELECT 1');
    return true;
  } catch (error) {
    return !isGivenUp(error);
  }
}

function isGivenUp(error: unknown): boolean {
  return error instanceof Error && error.message.includes('database has been invalidated');
}

/** As `run` of the package does, which has a thread of libuv's do it. */
async function runOnThisThread(
  connection: DuckDBConnection,
  ...statement: Parameters<DuckDBConnection['run']>
) {
  const pending = await connection.start(...statement);
  while (pending.runTask() !== DuckDBPendingResultState.RESULT_READY);
  const result = await pending.getResult();
  if (result instanceof DuckDBMaterializedResult) return result;
  throw new Error('a statement that was not to be streamed is');
}

/** In this order: folders cannot be allowed any more once access is off. */
function lockingStatements(folder: string): string[] {
  return [
    `SET allowed_directories = [${literal(`${folder}/`)}]`,
    "SET TimeZone = 'UTC'",
    'SET enable_external_access = false',
    'SET lock_configuration = true',
  ];
}

/** Runs one statement. Whole numbers come as numbers. For answers of a few thousand values at most. */
export async function query(
  connection: DuckDBConnection,
  sql: string,
  values: readonly DuckDBValue[] = [],
): Promise<Cell[][]> {
  const reader = await connection.runAndReadAll(sql, [...values]);
  return reader.getRowsJS().map((row) => row.map(toCell));
}

/** What statements of ours answer with. */
export type Cell = string | number | boolean | null;

function toCell(value: unknown): Cell {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value === null || value === undefined) return null;
  throw new TypeError(`a statement of ours answers with ${typeof value}, which it should have cast`);
}
