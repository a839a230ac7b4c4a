import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Column } from '@oriel/schemas';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hashFile } from '../../storage/spool.ts';
import { type Database, openDatabase } from './database.ts';
import { describeParquet, readGroups, usualGroupRows, writeParquet } from './parquet-file.ts';
import { spliceParquet } from './splice-parquet.ts';

/** Every type that a table can have; each third row of each column has no value. */
const values: readonly (readonly [Column['type'], string])[] = [
  ['integer', 'CAST(i - 500 AS BIGINT)'],
  ['number', 'CAST(i / 7.0 AS DOUBLE)'],
  ['text', "'text ' || i % 9"],
  ['text', "repeat('long ', 1 + (i % 50)::INT) || i"],
  ['boolean', 'i % 2 = 0'],
  ['bigint', "CAST('12345678901234567890123456789' AS DECIMAL(38,0)) + i"],
  ['date', "DATE '2020-02-28' + i::INT"],
  ['timestamp', "TIMESTAMP '2020-02-28 01:02:03.456789' + to_seconds(i)"],
  ['json', `'{"a":' || i || '}'`],
  ['image', "encode('bytes of ' || i)"],
];
const columns = values.map(([type], index): Column => ({ name: `Column ${index}`, type }));
const results: Column[] = [
  { name: 'species', type: 'text' },
  { name: 'share', type: 'number' },
];
const groupRows = 2048;

let folder: string;
let database: Database;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oriel-splice-'));
  database = await openDatabase({ folder, memoryMb: 256, threads: 1 });
});
afterEach(async () => {
  database.close();
  await rm(folder, { recursive: true, force: true });
});

const pathOf = (name: string) => join(folder, `${name}.parquet`);

async function writeBase(rows: number): Promise<string> {
  const selected = values.map(
    ([, sql], index) => `CASE WHEN (i + ${index}) % 3 > 0 THEN ${sql} END AS c${index}`,
  );
  const select = `SELECT ${selected.join(', ')} FROM range(${rows}) AS t(i)`;
  const path = pathOf('base');
  await database.withConnection((connection) =>
    writeParquet(connection, { select, columns, path, groupRows }),
  );
  return path;
}

async function writePart(name: string, from: number, to: number, rowsOfGroup?: number): Promise<string> {
  const select = `SELECT CASE WHEN i % 5 > 0 THEN 'species ' || i % 4 END AS c0, CAST(random() AS DOUBLE) AS c1 FROM range(${from}, ${to}) AS t(i)`;
  const path = pathOf(name);
  await database.withConnection((connection) =>
    writeParquet(connection, { select, columns: results, path, groupRows: rowsOfGroup }),
  );
  return path;
}

function rowsOf(sql: string) {
  return database.withConnection(async (connection) => (await connection.runAndReadAll(sql)).getRowsJson());
}

describe('files that are put together without being read', () => {
  test('have the rows of all of them, beside those of the base', async () => {
    const rows = 3 * groupRows + 100;
    const base = await writeBase(rows);
    const parts = [
      await writePart('part-0', 0, 2 * groupRows, groupRows),
      await writePart('part-1', 2 * groupRows, rows, groupRows),
    ];
    const to = pathOf('spliced');
    const made = spliceParquet({ base, parts, columns: [...columns, ...results], to });
    expect(made).toEqual(await hashFile(to));

    const described = await database.withConnection(async (connection) => ({
      ...(await describeParquet(connection, to)),
      groups: await readGroups(connection, to),
    }));
    expect(described).toEqual({
      columns: [...columns, ...results],
      rows,
      groups: [groupRows, groupRows, groupRows, 100],
    });
    const ofBase = columns.map((_column, index) => `c${index}`).join(', ');
    expect(await rowsOf(`SELECT ${ofBase} FROM '${to}'`)).toEqual(await rowsOf(`FROM '${base}'`));
    expect(await rowsOf(`SELECT c10, c11 FROM '${to}'`)).toEqual(
      await rowsOf(`FROM read_parquet(['${parts.join("', '")}'])`),
    );
  });

  test('are found by their values: what says which groups have none is copied too', async () => {
    const base = await writeBase(2 * groupRows);
    const parts = [await writePart('part', 0, 2 * groupRows, groupRows)];
    const to = pathOf('spliced');
    spliceParquet({ base, parts, columns: [...columns, ...results], to });
    const found = (where: string) => rowsOf(`SELECT count(*) FROM '${to}' WHERE ${where}`);
    expect(await found("c2 = 'text 4'")).toEqual(
      await rowsOf(`SELECT count(*) FROM '${base}' WHERE c2 = 'text 4'`),
    );
    expect(await found("c2 = 'text 99'")).toEqual([['0']]);
    const excluded = (file: string) =>
      rowsOf(
        `SELECT row_group_id, bloom_filter_excludes FROM parquet_bloom_probe('${file}', 'c2', 'text 99')`,
      );
    expect(await excluded(to)).toEqual(await excluded(base));
    expect(await excluded(to)).toContainEqual(['0', true]);
  });

  test('alone, come one after another', async () => {
    const usual = usualGroupRows(results.length);
    const parts = [await writePart('part-0', 0, usual), await writePart('part-1', usual, usual + 7)];
    const to = pathOf('spliced');
    expect(spliceParquet({ base: null, parts, columns: results, to })).toEqual(await hashFile(to));
    expect(await rowsOf(`FROM '${to}'`)).toEqual(
      await rowsOf(`FROM read_parquet(['${parts.join("', '")}'])`),
    );
  });
});

describe('files that do not fit are left alone', () => {
  test.each([
    ['other groups than the base', 2 * groupRows, 2 * groupRows],
    ['more groups than the base', 3 * groupRows, groupRows],
  ])('%s', async (_what, rows, rowsOfGroup) => {
    const base = await writeBase(2 * groupRows);
    const parts = [await writePart('part', 0, rows, rowsOfGroup)];
    const to = pathOf('spliced');
    expect(spliceParquet({ base, parts, columns: [...columns, ...results], to })).toBeNull();
    expect(existsSync(to)).toBe(false);
  });

  test('many small groups, which would be slow to read', async () => {
    const parts = [
      await writePart('part-0', 0, 10),
      await writePart('part-1', 10, 20),
      await writePart('part-2', 20, 30),
    ];
    expect(spliceParquet({ base: null, parts, columns: results, to: pathOf('spliced') })).toBeNull();
  });

  test('a file that is cut off', async () => {
    const part = await writePart('part', 0, 100);
    await writeFile(part, (await readFile(part)).subarray(0, -20));
    expect(() =>
      spliceParquet({ base: null, parts: [part], columns: results, to: pathOf('spliced') }),
    ).toThrow();
  });
});
