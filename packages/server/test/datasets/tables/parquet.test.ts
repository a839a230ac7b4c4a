import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { literal } from '../../../src/datasets/table/sql.ts';
import { hostileParquet } from './support/hostile-parquet.ts';
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
    const hostile = await hostileParquet((await bench.storage.openFile(sha256)).path);
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

describe('a Parquet file that is larger than it looks', () => {
  const unpackedBytesMax = 2_000_000;

  test.each([
    ['a long text that repeats', "SELECT repeat('x', 100_000) AS text FROM range(100)"],
    ['bytes that repeat', "SELECT encode(repeat('x', 100_000)) AS bytes FROM range(100)"],
    ['a text within lists', "SELECT [repeat('x', 100_000), NULL] AS list FROM range(100)"],
    [
      'a text within objects of lists',
      "SELECT {'a': 1, 'b': [MAP {'k': {'B': repeat('x', 100_000)}}]} AS it FROM range(100)",
    ],
    ['names of objects', `SELECT [{'${'n'.repeat(10_000)}': 1, 'm': 2}] AS it FROM range(1000)`],
    ['runs of one number', 'SELECT 0 AS zero FROM range(3_000_000)'],
    ['runs of nothing', 'SELECT CAST(NULL AS INTEGER) AS zero FROM range(3_000_000)'],
    ['runs within a list', 'SELECT list_transform(range(3_000_000), lambda x: 0) AS zeros'],
  ])('is refused with the setting that says how large it may be: %s', async (_name, select) => {
    await using small = await openBench({ unpackedBytesMax });
    const bytes = await parquetOf(select);
    expect(bytes.length).toBeLessThan(unpackedBytesMax / 3);
    await expect(small.importBytes(bytes, 'bomb.parquet')).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
      message: expect.stringMatching(/more than 2000000 bytes.*ORIEL_UPLOAD_BYTES_MAX/),
      issues: [{ rule: 'unpacks_too_large' }],
    });
  });

  test('is read as long as it is not larger than it may be', async () => {
    await using small = await openBench({ unpackedBytesMax });
    const bytes = await parquetOf(
      "SELECT repeat('x', 10_000) AS text, [{'a': 'y'}] AS list, MAP {1: NULL} AS map, i, NULL::DATE AS day FROM range(100) t(i)",
    );
    expect((await small.importBytes(bytes, 'fine.parquet')).rows).toBe(100);
  });
});
