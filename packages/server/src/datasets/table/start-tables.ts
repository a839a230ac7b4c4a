import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Column } from '@oriel/schemas';
import { LRUCache } from 'lru-cache';
import { letLibuvGiveWay } from '../../give-way.ts';
import type { Blob } from '../../storage/blob-storage.ts';
import type { Database } from './database.ts';
import { openDatabases, usualColumnsMax, WideTable } from './databases.ts';
import { finishTable } from './finish-table.ts';
import { type ImportLimits, importFile } from './import/import-file.ts';
import { describeJoin, spliced, writeJoin } from './join-parts.ts';
import { createLinkedFiles, type LinkedFile } from './linked-files.ts';
import { openTable } from './open-table.ts';
import { describeParquet, tableSql, writeParquet } from './parquet-file.ts';
import { profileTable } from './profile/profile-table.ts';
import { toReadError, toTableError } from './read-errors.ts';
import type { ImportedTable, ImportOptions, PlaceToWrite, RawRow, Table, Tables, Written } from './table.ts';
import type { TableOptions } from './tables.ts';
import { createTurns } from './turns.ts';
import { appendRows } from './write-rows.ts';

/** What is known of a table's file, which never changes. */
interface Description {
  readonly columns: readonly Column[];
  readonly rows: number;
}

const descriptionsMax = 200;
/** Imports and joins hold a thread for seconds, and much of the memory: one at a time leaves the others room. */
const longAtOnce = 1;

/** @throws AppError STORAGE_UNAVAILABLE */
export async function startTables(options: TableOptions): Promise<Tables> {
  const { storage, memoryMb, threads } = options;
  const limits = limitsOf(options);
  const home = await storage.openWorkFolder();
  // before DuckDB begins its threads there
  letLibuvGiveWay();
  const databases = await openDatabases({ folder: home.path, memoryMb, threads });
  const files = createLinkedFiles(storage, home.path);
  const descriptions = new LRUCache<string, Description>({ max: descriptionsMax });
  const inTurn = createTurns(() => longAtOnce);

  return { import: importTable, open, write, writeWith, join: joinTables, profile, close };

  /** Work in an empty folder, with a connection that `signal` stops. */
  async function working<T>(
    database: Database,
    work: (connection: DuckDBConnection, folder: string) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    await using folder = await database.openFolder();
    return await database.withConnection((connection) => work(connection, folder.path), signal);
  }

  /** The same on tables of ours. @throws AppError TABLE_MEMORY_EXCEEDED, STORAGE_UNAVAILABLE */
  async function workingOnOurs<T>(...task: Parameters<typeof working<T>>): Promise<T> {
    try {
      return await working(...task);
    } catch (error) {
      throw toTableError(error, memoryMb);
    }
  }

  async function importTable(source: Blob, { signal, ...about }: ImportOptions): Promise<ImportedTable> {
    const importWith = (database: Database, columnsMax: number) =>
      working(
        database,
        async (connection, folder) => {
          await using file = await files.open(source.sha256);
          const from = { ...about, signal, connection, folder, path: file.path, limits, columnsMax };
          const { format, notFinite, ...made } = await importFile(from);
          const { path, rows, columns } = made;
          const profile = await profileTable(connection, {
            source: tableSql(path),
            rows,
            columns,
            notFinite,
          });
          return { ...(await finishTable(connection, storage, made)), profile, format };
        },
        signal,
      );
    const work = async () => {
      try {
        return await importWith(databases.usual, usualColumnsMax);
      } catch (error) {
        if (!(error instanceof WideTable)) throw error;
        return importWith(await databases.forColumns(error.columnCount), Number.POSITIVE_INFINITY);
      }
    };
    try {
      return await inTurn(work, signal);
    } catch (error) {
      throw toReadError(error);
    }
  }

  async function open(sha256: string): Promise<Table> {
    const file = await files.open(sha256);
    try {
      const description = await describe(sha256, file);
      const database = await databases.forColumns(description.columns.length);
      return openTable({ database, file, sha256, ...description });
    } catch (error) {
      await file[Symbol.asyncDispose]();
      throw error;
    }
  }

  async function describe(sha256: string, { path }: LinkedFile): Promise<Description> {
    const known = descriptions.get(sha256);
    if (known) return known;
    const found = await databases.usual.read((connection) => describeParquet(connection, path));
    descriptions.set(sha256, found);
    return found;
  }

  async function write(columns: readonly Column[], rows: readonly RawRow[]): Promise<Blob> {
    return workingOnOurs(await databases.forColumns(columns.length), async (connection, folder) => {
      const select = await appendRows(connection, columns, rows);
      const path = join(folder, 'rows.parquet');
      await writeParquet(connection, { select, columns, path });
      return storage.takeFile(path);
    });
  }

  async function writeWith<T extends Written>(write: (place: PlaceToWrite) => Promise<T>): Promise<T> {
    await using folder = await databases.usual.openFolder();
    const path = join(folder.path, 'rows.parquet');
    const written = await write({ folder: home.path, path });
    if (written.blob) await storage.takeFile(path, written.blob);
    return written;
  }

  function joinTables(...[parts, base, splice]: Parameters<Tables['join']>): Promise<ImportedTable> {
    return inTurn(async () => {
      await using linked = await openAll(base ? [...parts, base.parquetSha256] : parts);
      const database = await databases.forColumns(await widthOf([parts[0], base?.parquetSha256]));
      const paths = { parts: linked.paths.slice(0, parts.length), base: linked.paths[parts.length] };
      return await workingOnOurs(database, async (connection, folder) => {
        const join = await describeJoin(connection, paths);
        const file = (await spliced(join, folder, splice)) ?? {
          path: await writeJoin(connection, join, folder),
        };
        const finished = await finishTable(connection, storage, { ...join, ...file });
        return { ...finished, profile: base?.profile ?? [] };
      });
    });
  }

  function profile(...[sha256, { known, signal }]: Parameters<Tables['profile']>) {
    return inTurn(async () => {
      await using file = await files.open(sha256);
      const description = await describe(sha256, file);
      const database = await databases.forColumns(description.columns.length);
      const source = tableSql(file.path);
      const look = (connection: DuckDBConnection) =>
        profileTable(connection, { ...description, source, after: known.length });
      return [...known, ...(await workingOnOurs(database, look, signal))];
    }, signal);
  }

  /** Of tables beside each other. */
  async function widthOf(sha256s: readonly (string | undefined)[]): Promise<number> {
    let width = 0;
    for (const sha256 of sha256s) {
      if (sha256 === undefined) continue;
      await using file = await files.open(sha256);
      width += (await describe(sha256, file)).columns.length;
    }
    return width;
  }

  async function openAll(sha256s: readonly string[]): Promise<AsyncDisposable & { paths: string[] }> {
    const stack = new AsyncDisposableStack();
    try {
      const paths: string[] = [];
      for (const sha256 of sha256s) paths.push(stack.use(await files.open(sha256)).path);
      return { paths, [Symbol.asyncDispose]: () => stack.disposeAsync() };
    } catch (error) {
      await stack.disposeAsync();
      throw error;
    }
  }

  async function close(): Promise<void> {
    await databases.close();
    await home[Symbol.asyncDispose]();
  }
}

function limitsOf({ unpackedBytesMax, jsonDepthMax = 64 }: TableOptions): ImportLimits {
  return {
    unpackedBytesMax,
    jsonDepthMax,
    rowsMax: 100_000_000,
    imagesMax: 100_000,
    imageBytesMax: 32 * 1024 * 1024,
    pixelsMax: 100_000_000,
  };
}
