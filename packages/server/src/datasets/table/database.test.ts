import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostileParquet } from '../../../test/datasets/tables/support/hostile-parquet.ts';
import { type Database, openDatabase, query } from './database.ts';
import { writeParquet } from './parquet-file.ts';
import { literal } from './sql.ts';

let folder: string;
let hostile: string;
let database: Database;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oriel-database-'));
  database = await openDatabase({ folder, memoryMb: 64, threads: 1 });
  const path = join(folder, 'sound.parquet');
  hostile = join(folder, 'hostile.parquet');
  const select = 'SELECT CAST(1 AS DECIMAL(38,0)) AS c0';
  await database.withConnection((connection) =>
    writeParquet(connection, { select, columns: [{ name: 'big', type: 'bigint' }], path }),
  );
  await writeFile(hostile, await hostileParquet(path));
});
afterAll(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

/** Somebody else reads a file that brings DuckDB to give up. */
async function giveUp(): Promise<void> {
  const reading = database.withConnection((other) =>
    other.run(`FROM parquet_file_metadata(${literal(hostile)})`),
  );
  await expect(reading).rejects.toThrow('INTERNAL Error');
}

const select = (connection: DuckDBConnection) => query(connection, 'SELECT 42');

describe('a database that is given up while something is read', () => {
  test('has it read once more, from the beginning', async () => {
    let begun = 0;
    const read = database.read(async (connection) => {
      begun += 1;
      await select(connection);
      if (begun === 1) await giveUp();
      return select(connection);
    });
    expect(await read).toEqual([[42]]);
    expect(begun).toBe(2);
  });

  test('has it read once more only', async () => {
    let begun = 0;
    const read = database.read(async (connection) => {
      begun += 1;
      await giveUp();
      return select(connection);
    });
    await expect(read).rejects.toThrow('invalidated');
    expect(begun).toBe(2);
  });

  test('has rows read once more that nobody was given', async () => {
    let begun = 0;
    const rows = database.readEach(async function* (connection) {
      begun += 1;
      if (begun === 1) await giveUp();
      yield* await select(connection);
    });
    expect(await Readable.from(rows).toArray()).toEqual([[42]]);
    expect(begun).toBe(2);
  });

  test('gives no row twice', async () => {
    const given: unknown[] = [];
    const rows = database.readEach(async function* (connection) {
      yield* await select(connection);
      await giveUp();
      yield* await select(connection);
    });
    const read = async () => {
      for await (const row of rows) given.push(row);
    };
    await expect(read()).rejects.toThrow('invalidated');
    expect(given).toEqual([[42]]);
  });
});

test('what takes more memory than there is says so, and which setting gives more', async () => {
  const sorted = 'SELECT list(repeat(md5(CAST(i AS VARCHAR)), 3000)) AS c0 FROM range(2000) t(i)';
  await expect(database.read((connection) => connection.run(sorted))).rejects.toMatchObject({
    code: 'TABLE_MEMORY_EXCEEDED',
    message: expect.stringMatching(/64 MiB.*ORIEL_TABLE_MEMORY_MB/),
  });
});
