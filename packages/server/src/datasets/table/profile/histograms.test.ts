import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ColumnType } from '@oriel/schemas';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../database.ts';
import { readHistograms } from './histograms.ts';
import { readStatistics } from './statistics.ts';

let folder: string;
let database: Database;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oriel-histograms-'));
  database = await openDatabase({ folder, memoryMb: 128, threads: 1 });
});
afterAll(async () => {
  database.close();
  await rm(folder, { recursive: true, force: true });
});

function histogramOf(values: readonly (number | null)[], type: ColumnType) {
  const rows = values.map(
    (value) =>
      `(CAST(${value === null ? 'NULL' : `'${value}'`} AS ${type === 'integer' ? 'BIGINT' : 'DOUBLE'}))`,
  );
  const source = `(VALUES ${rows.join(', ')}) AS t(c0)`;
  return database.withConnection(async (connection) => {
    const statistics = await readStatistics(connection, { source, rows: values.length }, [
      { name: 'a', type, stored: 'c0' },
    ]);
    return (await readHistograms(connection, source, statistics)).get('c0');
  });
}

const wholes = fc.array(fc.oneof(fc.integer({ min: -30, max: 30 }), fc.maxSafeInteger()), { minLength: 1 });
const numbers = fc.array(
  fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom(0.1, 0.1 + 2 ** -56, 1, 1 + Number.EPSILON, 0, Number.MIN_VALUE),
  ),
  { minLength: 1 },
);

test.each([
  ['integer', wholes],
  ['number', numbers],
] as const)('each value of a column of the type %s is counted where it lies', async (type, arbitrary) => {
  await fc.assert(
    fc.asyncProperty(arbitrary, fc.nat(3), async (values, nulls) => {
      const histogram = (await histogramOf([...values, ...Array(nulls).fill(null)], type)) ?? [];
      // 0 and -0 are one value
      expect([histogram.at(0)?.from, histogram.at(-1)?.to]).toEqual([
        Math.min(...values) + 0,
        Math.max(...values) + 0,
      ]);
      const expected = histogram.map(({ from, to }, bin) => {
        const isLast = bin === histogram.length - 1;
        return values.filter((value) => value >= from && (value < to || isLast)).length;
      });
      expect(histogram.map(({ count }) => count)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test('of one value there is one range', async () => {
  expect(await histogramOf([3, 3, null], 'number')).toEqual([{ from: 3, to: 3, count: 2 }]);
});
