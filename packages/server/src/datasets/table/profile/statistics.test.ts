import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../database.ts';
import { readStatistics } from './statistics.ts';

let folder: string;
let database: Database;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oriel-statistics-'));
  database = await openDatabase({ folder, memoryMb: 128, threads: 1 });
});
afterAll(async () => {
  database.close();
  await rm(folder, { recursive: true, force: true });
});

/** @param value - SQL of the value of the row `i` */
async function statisticsOf(value: string, rows: number) {
  const source = `(SELECT i AS file_row_number, ${value} AS c0 FROM range(${rows}) AS t(i))`;
  const [found] = await database.withConnection((connection) =>
    readStatistics(connection, { source, rows }, [{ name: 'a', type: 'integer', stored: 'c0' }]),
  );
  return found;
}

test.each([1000, 500_000])('quantiles of %i rows are about where they are', async (rows) => {
  const found = await statisticsOf('i', rows);
  expect(found).toMatchObject({ rows, nulls: 0, min: 0, max: rows - 1, mean: (rows - 1) / 2 });
  for (const [name, share] of [
    ['p05', 0.05],
    ['p50', 0.5],
    ['p95', 0.95],
  ] as const)
    expect(Math.abs(Number(found?.quantiles?.[name]) / rows - share)).toBeLessThan(0.01);
});

test('of many rows that repeat, all kinds are among those that are looked at', async () => {
  const found = await statisticsOf('i % 5', 500_000);
  expect(found?.quantiles).toEqual({ p05: 0, p25: 1, p50: 2, p75: 3, p95: 4 });
});

test('of many rows with few values, all are looked at', async () => {
  const found = await statisticsOf('CASE WHEN i = 123456 THEN 7 END', 500_000);
  expect(found).toMatchObject({ nulls: 499_999, quantiles: { p05: 7, p50: 7, p95: 7 } });
});
