import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { literal } from '../../../src/datasets/table/sql.ts';
import { openBench } from './support/table-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

/** A file as other programs write it. */
async function parquetOf(select: string): Promise<Buffer> {
  const path = join(bench.folder, 'other.parquet');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`COPY (${select}) TO ${literal(path)} (FORMAT parquet)`);
  connection.closeSync();
  return readFile(path);
}

describe('Parquet files of others', () => {
  test('NaN within lists and objects is refused with its column, in whichever row it is', async () => {
    const bytes = await parquetOf(
      "SELECT CASE WHEN i = 4000 THEN ['nan'::FLOAT, 'inf'] ELSE [i] END AS vector FROM range(5000) t(i)",
    );
    await expect(bench.importBytes(bytes, 'vectors.parquet')).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
      issues: [{ path: ['column', 'vector'], rule: 'not_finite' }],
    });
  });

  test('words for it are texts like any other', async () => {
    const bytes = await parquetOf("SELECT {'nan': 'Infinity', 'list': [1.5, NULL]} AS it");
    const { parquet } = await bench.importBytes(bytes, 'words.parquet');
    await using table = await bench.tables.open(parquet.sha256);
    const { rows } = await table.listRows({ limit: 1 });
    expect(rows).toEqual([{ it: { nan: 'Infinity', list: [1.5, null] } }]);
  });

  test('one that brings DuckDB to give up its database harms nothing but itself', async () => {
    const { sha256 } = await bench.tables.write([{ name: 'big', type: 'bigint' }], [{ big: '12345' }]);
    const hostile = await readFile((await bench.storage.openFile(sha256)).path);
    // the column's precision, 38 as zigzag, becomes -39, which DuckDB takes for 217 digits
    const precisionAt = hostile.indexOf('1500154c2c', 'hex') + 3;
    expect(hostile[precisionAt]).toBe(0x4c);
    hostile[precisionAt] = 0x4d;
    await expect(bench.importBytes(hostile, 'hostile.parquet')).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
      cause: { message: expect.stringContaining('INTERNAL Error') },
    });

    const imports = ['a\n1\n', 'a\n2\n'].map((csv) => bench.importBytes(csv, 'sound.csv'));
    await using table = await bench.tables.open(sha256);
    expect((await table.listRows({ limit: 1 })).rows).toEqual([{ big: '12345' }]);
    expect((await Promise.all(imports)).map(({ rows }) => rows)).toEqual([1, 1]);
  });
});
