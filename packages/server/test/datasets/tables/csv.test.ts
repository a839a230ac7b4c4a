import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBench } from './support/table-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

describe('a CSV file', () => {
  test('becomes a table: names, types, rows in their order', async () => {
    const csv =
      'id,zip,price,name,isOpen,day,at,big\n1,01234,1.5,"Ann, ""A""",true,2026-11-21,2026-11-21T10:00:00+02:00,9007199254740993\n2,99999,-2,Bob,FALSE,2026-01-31,2026-11-21 10:00,1\n3,,,,,,,\n';
    const table = await bench.importBytes(csv, 'rows.csv');
    expect(table).toMatchObject({ rows: 3, format: 'csv' });
    expect(table.columns).toEqual([
      { name: 'id', type: 'integer' },
      { name: 'zip', type: 'text' },
      { name: 'price', type: 'number' },
      { name: 'name', type: 'text' },
      { name: 'isOpen', type: 'boolean' },
      { name: 'day', type: 'date' },
      { name: 'at', type: 'timestamp' },
      { name: 'big', type: 'bigint' },
    ]);
    await using opened = await bench.tables.open(table.parquet.sha256);
    expect(opened.rows).toBe(3);
    expect(await opened.readRange({ offset: 0, limit: 10 })).toEqual([
      {
        id: 1,
        zip: '01234',
        price: 1.5,
        name: 'Ann, "A"',
        isOpen: true,
        day: '2026-11-21',
        at: '2026-11-21T08:00:00.000Z',
        big: '9007199254740993',
      },
      {
        id: 2,
        zip: '99999',
        price: -2,
        name: 'Bob',
        isOpen: false,
        day: '2026-01-31',
        at: '2026-11-21T10:00:00.000Z',
        big: '1',
      },
      { id: 3, zip: null, price: null, name: null, isOpen: null, day: null, at: null, big: null },
    ]);
    expect(await opened.readRange({ offset: 1, limit: 1, columns: ['name'] })).toEqual([{ name: 'Bob' }]);
  });
});
