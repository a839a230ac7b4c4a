import { type Database, openDatabase } from './database.ts';

interface Options {
  readonly folder: string;
  readonly memoryMb: number;
  readonly threads: number;
}

/** A table of more is wide. */
export const usualColumnsMax = 1000;
/**
 * DuckDB handles 2048 rows at a time, however few there are, in every step of a statement: of 5,000 columns, some hundred
 * MiB in each. It is taken while such a table is worked on, and given back.
 */
const wideMemoryMb = 1536;
/** Each thread has parts of a statement in memory, images among them: with less for each, one at a time is what fits. */
const threadMemoryMb = 256;

/** The database that tables are read and written with, and a roomier one for those of very many columns. */
export async function openDatabases({ threads: threadsMax, ...given }: Options) {
  const threads = Math.max(1, Math.min(threadsMax, Math.floor(given.memoryMb / threadMemoryMb)));
  const options = { ...given, threads };
  const usual = await openDatabase(options);
  let roomy: Promise<Database> | undefined;

  return { usual, forColumns, close };

  async function forColumns(count: number): Promise<Database> {
    if (count <= usualColumnsMax || options.memoryMb >= wideMemoryMb) return usual;
    roomy ??= openDatabase({ ...options, memoryMb: wideMemoryMb });
    // the next call tries again
    roomy.catch(() => {
      roomy = undefined;
    });
    return roomy;
  }

  async function close(): Promise<void> {
    usual.close();
    (await roomy?.catch(() => undefined))?.close();
  }
}

/** Thrown where a file turns out to be wide while it is read with the usual database. */
export class WideTable extends Error {
  readonly columnCount: number;

  constructor(columnCount: number) {
    super(`the table has ${columnCount} columns`);
    this.columnCount = columnCount;
  }
}
