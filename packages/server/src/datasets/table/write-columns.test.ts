import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase, query } from './database.ts';
import { describeParquet, readGroups, writeParquet } from './parquet-file.ts';
import type { RawRow } from './table.ts';
import { type CellOf, openColumnsToWrite, type PlainColumn } from './write-columns.ts';
import { appendRows } from './write-rows.ts';

const columns: PlainColumn[] = [
  { name: 'Is it?', type: 'boolean' },
  { name: 'count', type: 'integer' },
  { name: 'share', type: 'number' },
  { name: 'species', type: 'text' },
  { name: 'all', type: 'json' },
];

let folder: string;
let database: Database;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oriel-columns-'));
  path = join(folder, 'columns.parquet');
  database = await openDatabase({ folder, memoryMb: 256, threads: 1 });
});
afterEach(async () => {
  database.close();
  await rm(folder, { recursive: true, force: true });
});

const cellsOf =
  (rows: readonly RawRow[], of: readonly PlainColumn[] = columns): CellOf =>
  (column) =>
  (row) =>
    rows[row]?.[of[column]?.name ?? ''] ?? null;

/** In two pieces, as rows come. */
function write(rows: readonly RawRow[], groupRows?: number, of: readonly PlainColumn[] = columns): void {
  const file = openColumnsToWrite({ path, columns: of, groupRows });
  const half = Math.ceil(rows.length / 2);
  for (const piece of [rows.slice(0, half), rows.slice(half)])
    if (piece.length > 0) file.append(piece.length, cellsOf(piece, of));
  file.finish();
}

function rowsIn(file: string) {
  return database.withConnection(async (connection) =>
    (await connection.runAndReadAll(`FROM '${file}'`)).getRowsJson(),
  );
}

function groupsIn(file: string) {
  return database.withConnection((connection) => readGroups(connection, file));
}

/** Each third value of a column is missing. */
const someRows = Array.from({ length: 1000 }, (_, i): RawRow => {
  const row = {
    'Is it?': i % 2 === 0,
    count: (i - 500) * 2 ** 43,
    share: i / 7,
    species: `Ünïcödé ${i % 9} 🐧`,
    all: { at: [i, null] },
  };
  return Object.fromEntries(
    Object.entries(row).map(([name, cell], at) => [name, (i + at) % 3 ? cell : null]),
  );
});

describe('a table written from values', () => {
  test('is read as one that DuckDB wrote', async () => {
    write(someRows);
    const other = join(folder, 'other.parquet');
    await database.withConnection(async (connection) => {
      const select = await appendRows(connection, columns, someRows);
      await writeParquet(connection, { select, columns, path: other });
    });
    expect(await rowsIn(path)).toEqual(await rowsIn(other));
    const described = (file: string) =>
      database.withConnection(async (connection) => ({
        ...(await describeParquet(connection, file)),
        types: await query(connection, `DESCRIBE FROM '${file}'`),
      }));
    expect(await described(path)).toEqual(await described(other));
  });

  test('has groups of the size that was asked for, wherever pieces of it end', async () => {
    write(someRows, 300);
    expect(await groupsIn(path)).toEqual([300, 300, 300, 100]);
    expect(await rowsIn(path)).toHaveLength(1000);
  });

  test('ends a group early where its texts are long', async () => {
    const text: PlainColumn = { name: 'text', type: 'text' };
    const rows = Array.from({ length: 20 }, (_, i) => ({ text: `${i}`.padEnd(1024 * 1024, '-') }));
    const file = openColumnsToWrite({ path, columns: [text] });
    for (const row of rows) file.append(1, cellsOf([row], [text]));
    file.finish();
    expect(await groupsIn(path)).toEqual([8, 8, 4]);
    expect((await rowsIn(path)).map(([value]) => value)).toEqual(rows.map(({ text }) => text));
  });

  test('has nothing of an earlier group where a later one has no value', async () => {
    const of: PlainColumn[] = [{ name: 'species', type: 'text' }];
    const file = openColumnsToWrite({ path, columns: of, groupRows: 4 });
    file.append(4, () => (row) => `bird ${row}`);
    // nobody has a value, then the last of some
    file.append(4, () => null);
    file.append(2, () => null);
    file.append(2, () => (row) => (row === 1 ? 'the last' : null));
    file.append(3, () => (row) => `${row}`);
    file.finish();
    const nothing = Array(7).fill(null);
    const birds = ['bird 0', 'bird 1', 'bird 2', 'bird 3'];
    expect((await rowsIn(path)).flat()).toEqual([...birds, ...nothing, 'the last', '0', '1', '2']);
  });

  test('ends a group early where there are many columns', async () => {
    const wide = Array.from({ length: 2000 }, (_, i): PlainColumn => ({ name: `${i}`, type: 'boolean' }));
    const file = openColumnsToWrite({ path, columns: wide, groupRows: 20_000 });
    file.append(2500, () => null);
    file.finish();
    expect(await groupsIn(path)).toEqual([2000, 500]);
  });

  test('tells of each group between which values its numbers lie, and how many are missing', async () => {
    const share: PlainColumn = { name: 'share', type: 'number' };
    const rows = [-2, 0, 0.5, null, null, null, 3, null, 4].map((share) => ({ share }));
    write(rows, 3, [share]);
    const bounds = await database.withConnection((connection) =>
      query(
        connection,
        `SELECT stats_min_value, stats_max_value, CAST(stats_null_count AS INTEGER) FROM parquet_metadata('${path}')`,
      ),
    );
    expect(bounds).toEqual([
      ['-2.0', '0.5', 0],
      [null, null, 3],
      ['3.0', '4.0', 1],
    ]);
    const found = await database.withConnection((connection) =>
      query(connection, `SELECT c0 FROM '${path}' WHERE c0 >= 0.5 ORDER BY c0`),
    );
    expect(found).toEqual([[0.5], [3], [4]]);
  });

  test('has null for a number that JSON does not know, and in a column that nobody filled', async () => {
    const file = openColumnsToWrite({ path, columns });
    const rows = [{ share: Number.NaN }, { share: Number.NEGATIVE_INFINITY }, { share: 1 }];
    file.append(3, (column) => (column === 2 ? (row) => rows[row]?.share ?? null : null));
    file.append(1, cellsOf([{ ...someRows[1], share: 2 }]));
    file.append(1, () => null);
    file.finish();
    expect((await rowsIn(path)).map((row) => row.slice(1, 4))).toEqual([
      [null, null, null],
      [null, null, null],
      [null, 1, null],
      [String((1 - 500) * 2 ** 43), 2, 'Ünïcödé 1 🐧'],
      [null, null, null],
    ]);
  });

  test('may have no rows', async () => {
    write([]);
    expect(await rowsIn(path)).toEqual([]);
    const described = await database.withConnection((connection) => describeParquet(connection, path));
    expect(described).toEqual({ columns, rows: 0 });
  });

  test.each([
    ['Is it?', 1],
    ['count', 0.5],
    ['count', 2 ** 53],
    ['share', '1'],
    ['species', 1],
  ])('refuses a value that column "%s" cannot have: %s', (name, value) => {
    expect(() => write([{ [name]: value }])).toThrow(`column "${name}"`);
  });
});
