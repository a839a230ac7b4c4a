import { gzipSync } from 'node:zlib';
import type { Row } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBench } from './support/table-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const rows: Row[] = [
  { name: 'Zoë', n: 1 },
  { name: 'a "b"', n: 2 },
];
const plain = 'name,n\nZoë,1\n"a ""b""",2\n';

describe('however a CSV file is written, it is the same table', () => {
  test.each<[string, string | Buffer, string]>([
    ['plainly', plain, 'rows.csv'],
    ['with a byte order mark', `\ufeff${plain}`, 'rows.csv'],
    ['with semicolons', plain.replaceAll(',', ';'), 'rows.csv'],
    ['with bars', plain.replaceAll(',', '|'), 'rows.csv'],
    ['with tabs', plain.replaceAll(',', '\t'), 'rows.csv'],
    ['as TSV', plain.replaceAll(',', '\t'), 'rows.tsv'],
    ['with CRLF', plain.replaceAll('\n', '\r\n'), 'rows.csv'],
    ['with CR', plain.replaceAll('\n', '\r'), 'rows.csv'],
    ['with line ends of several kinds', 'name,n\r\nZoë,1\n"a ""b""",2\r\n', 'rows.csv'],
    ['without a last line end', plain.trimEnd(), 'rows.csv'],
    ['with blank lines', plain.replaceAll('\n', '\n\n'), 'rows.csv'],
    ['with spaces around', 'name , n\nZoë, 1\n"a ""b""", 2\n', 'rows.csv'],
    ['with a delimiter at the end of the rows', 'name,n\nZoë,1,\n"a ""b""",2,\n', 'rows.csv'],
    ['in Latin-1', Buffer.from(plain, 'latin1'), 'rows.csv'],
    ['in UTF-16', Buffer.from(`\ufeff${plain}`, 'utf16le'), 'rows.csv'],
    ['in UTF-16, the other way round', Buffer.from(`\ufeff${plain}`, 'utf16le').swap16(), 'rows.csv'],
    ['in UTF-16 without a mark', Buffer.from(plain, 'utf16le'), 'rows.csv'],
    ['packed with gzip', gzipSync(plain), 'rows.csv.gz'],
    ['without a name that tells', plain, 'upload'],
  ])('%s', async (_name, bytes, name) => {
    const table = await bench.importBytes(bytes, name);
    expect(table.columns).toEqual([
      { name: 'name', type: 'text' },
      { name: 'n', type: 'integer' },
    ]);
    expect(table.preview).toEqual(rows);
  });
});

async function typesOf(values: readonly string[]): Promise<[string | undefined, Row[string][]]> {
  const csv = `id,x\n${values.map((value, i) => `r${i},${value}`).join('\n')}\n`;
  const { columns, preview } = await bench.importBytes(csv, 'rows.csv');
  return [columns[1]?.type, preview.map((row) => row['x'] ?? null)];
}

describe('the type of a column is found from all its values', () => {
  test.each<[string, string[], string, Row[string][]]>([
    ['whole numbers', ['1', '-2', '0'], 'integer', [1, -2, 0]],
    ['whole numbers beyond 2^53', ['1', '9007199254740993'], 'bigint', ['1', '9007199254740993']],
    ['the largest that JSON has', ['9007199254740991'], 'integer', [9007199254740991]],
    ['numbers of more digits than any', ['1'.repeat(40)], 'text', ['1'.repeat(40)]],
    ['leading zeros are names', ['007', '12'], 'text', ['007', '12']],
    ['telephone numbers are names', ['+49301234567'], 'text', ['+49301234567']],
    ['numbers with fractions', ['1', '2.5', '.5', '1e3'], 'number', [1, 2.5, 0.5, 1000]],
    [
      'NaN and infinities are no values',
      ['1', 'NaN', 'Infinity', '-inf', '1e999'],
      'number',
      [1, null, null, null, null],
    ],
    ['years that JSON has not', ['0000-01-01', '2026-01-01'], 'text', ['0000-01-01', '2026-01-01']],
    ['times beyond them by their zone', ['9999-12-31T23:59:59-05:00'], 'text', ['9999-12-31T23:59:59-05:00']],
    ['words for no value', ['1', 'NA', '', 'null', 'N/A'], 'integer', [1, null, null, null, null]],
    ['such words among texts are texts', ['a', 'NA', 'null'], 'text', ['a', 'NA', 'null']],
    ['truths', ['true', 'FALSE', 'True'], 'boolean', [true, false, true]],
    ['zero and one are numbers', ['0', '1'], 'integer', [0, 1]],
    ['no values', ['', ''], 'text', [null, null]],
    ['dates', ['2026-11-21', '0001-01-01', '9999-12-31'], 'date', ['2026-11-21', '0001-01-01', '9999-12-31']],
    ['days that are none', ['2026-02-30'], 'text', ['2026-02-30']],
    ['days before months, with points', ['1.2.2026', '03.04.2026'], 'date', ['2026-02-01', '2026-04-03']],
    [
      'days before months, told by one of them',
      ['03/04/2026', '21/04/2026'],
      'date',
      ['2026-04-03', '2026-04-21'],
    ],
    [
      'months before days, told by one of them',
      ['03/04/2026', '04/21/2026'],
      'date',
      ['2026-03-04', '2026-04-21'],
    ],
    ['dates that may be either', ['03/04/2026', '05/06/2026'], 'text', ['03/04/2026', '05/06/2026']],
    ['dates of both kinds', ['21/04/2026', '04/21/2026'], 'text', ['21/04/2026', '04/21/2026']],
    ['years first', ['2026/4/3', '2026/12/31'], 'date', ['2026-04-03', '2026-12-31']],
    [
      'times',
      ['2026-11-21T10:00:00Z', '2026-11-21 10:00:00.5+01:00', '2026-11-21'],
      'timestamp',
      ['2026-11-21T10:00:00.000Z', '2026-11-21T09:00:00.500Z', '2026-11-21T00:00:00.000Z'],
    ],
    ['dates in words', ['21 Nov 2026'], 'text', ['21 Nov 2026']],
  ])('%s', async (_name, values, type, read) => expect(await typesOf(values)).toEqual([type, read]));

  test('a schema that changes half way: a late text makes the column text', async () => {
    const csv = `id,x\n${Array.from({ length: 30_000 }, (_, i) => `${i},${i}\n`).join('')}30000,late\n`;
    const { columns, rows: count } = await bench.importBytes(csv, 'rows.csv');
    expect(count).toBe(30_001);
    expect(columns).toEqual([
      { name: 'id', type: 'integer' },
      { name: 'x', type: 'text' },
    ]);
  });

  test('a late fraction makes it a number, a late giant a text of digits', async () => {
    const half = Array.from({ length: 5000 }, (_, i) => `${i},${i}\n`).join('');
    const { columns } = await bench.importBytes(`a,b\n${half}0.5,99999999999999999\n`, 'rows.csv');
    expect(columns.map(({ type }) => type)).toEqual(['number', 'bigint']);
  });

  test('numbers with commas, where semicolons are between the cells', async () => {
    const { columns, preview } = await bench.importBytes('a;b\n1,5;x\n-2;y\n', 'rows.csv');
    expect(columns[0]).toEqual({ name: 'a', type: 'number' });
    expect(preview.map(({ a }) => a)).toEqual([1.5, -2]);
  });

  test('NaN is counted', async () => {
    const { profile } = await bench.importBytes('a\n1\nNaN\n\n2\n-inf\n', 'rows.csv');
    expect(profile[0]).toMatchObject({ nulls: 3, notFinite: 2, min: 1, max: 2, mean: 1.5 });
  });
});

describe('names of columns', () => {
  test('empty ones are numbered, and names that differ in case are two', async () => {
    const { columns, preview } = await bench.importBytes('a,,A,column_2\n1,2,3,4\n', 'rows.csv');
    expect(columns.map(({ name }) => name)).toEqual(['a', 'column_2_2', 'A', 'column_2']);
    expect(preview).toEqual([{ a: 1, column_2_2: 2, A: 3, column_2: 4 }]);
  });

  test('a first row of values is no header', async () => {
    const { columns, rows: count } = await bench.importBytes('1,x\n2,y\n', 'rows.csv');
    expect([columns.map(({ name }) => name), count]).toEqual([['column_1', 'column_2'], 2]);
  });

  test('a year among the names is no value, over a column that has a name for sure', async () => {
    const { columns } = await bench.importBytes('population,2019\n5,6\n7,8\n', 'rows.csv');
    expect(columns.map(({ name }) => name)).toEqual(['population', '2019']);
  });
});

test('5,000 columns are read, paged, profiled and exported', async () => {
  const names = Array.from({ length: 5000 }, (_, i) => `column ${i}`);
  const row = (r: number) => names.map((_name, i) => (i % 3 === 0 ? `t${r}` : String(r * i))).join(',');
  const csv = [names.join(','), ...Array.from({ length: 50 }, (_, r) => row(r))].join('\n');
  const table = await bench.importBytes(csv, 'wide.csv');
  expect(table).toMatchObject({ rows: 50, columns: { length: 5000 }, profile: { length: 5000 } });
  expect(table.profile[4999]).toMatchObject({ name: 'column 4999', min: 0, max: 49 * 4999 });
  await using opened = await bench.tables.open(table.parquet.sha256);
  const page = await opened.listRows({ limit: 1, sort: [{ column: 'column 1', order: 'desc' }] });
  expect(page.rows[0]).toMatchObject({ 'column 0': 't49', 'column 4999': 49 * 4999 });
  const lines = Buffer.concat(await (await opened.export({ format: 'csv' })).toArray()).toString();
  expect(lines.split('\r\n')).toEqual([...csv.split('\n'), '']);
}, 300_000);
