import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Column, Row } from '@oriel/schemas';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { literal } from '../../../src/datasets/table/sql.ts';
import { openBench } from './support/table-bench.ts';
import { zip } from './support/zip.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const columns: Column[] = [
  { name: 'id', type: 'integer' },
  { name: 'Id', type: 'text' },
  { name: '=cmd "x"', type: 'text' },
  { name: 'n', type: 'number' },
  { name: 'big', type: 'bigint' },
  { name: 'at', type: 'timestamp' },
  { name: 'tags', type: 'json' },
];
const rows: Row[] = [
  {
    id: -1,
    Id: 'plain',
    '=cmd "x"': '=1+1',
    n: -0.5,
    big: '-9007199254740993',
    at: '2026-11-21T10:00:00.000Z',
    tags: ['a,b', { c: '"' }],
  },
  { id: 2, Id: 'a,"b"\r\nc', '=cmd "x"': '@SUM(A1)', n: 1e300, big: null, at: null, tags: { d: 1 } },
  { id: null, Id: '', '=cmd "x"': '-2\u0001', n: null, big: '7', at: null, tags: null },
];

async function open(values: readonly Row[] = rows, of: readonly Column[] = columns) {
  const { sha256 } = await bench.tables.write(of, values);
  return bench.tables.open(sha256);
}

describe('an export', () => {
  test('as CSV: as RFC 4180 has it, and no text is a formula', async () => {
    await using table = await open();
    const csv = await text(await table.export({ format: 'csv' }));
    expect(csv).toBe(
      [
        `id,Id,"'=cmd ""x""",n,big,at,tags`,
        `-1,plain,'=1+1,-0.5,-9007199254740993,2026-11-21T10:00:00.000Z,"[""a,b"",{""c"":""\\""""}]"`,
        `2,"a,""b""\r\nc",'@SUM(A1),1e+300,,,"{""d"":1}"`,
        `,"",'-2\u0001,,7,,`,
        '',
      ].join('\r\n'),
    );
  });

  test('as CSV comes back as the same table', async () => {
    await using table = await open();
    const csv = await text(await table.export({ format: 'csv', columns: ['id', 'n', 'big', 'at'] }));
    const again = await bench.importBytes(csv, 'again.csv');
    expect(again.columns).toEqual(columns.filter(({ name }) => ['id', 'n', 'big', 'at'].includes(name)));
    expect(again.preview).toEqual(rows.map(({ id, n, big, at }) => ({ id, n, big, at })));
  });

  test('as NDJSON: values as everywhere', async () => {
    await using table = await open();
    const lines = (await text(await table.export({ format: 'ndjson' }))).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(rows);
  });

  test('as Parquet comes back as the same table', async () => {
    const distinct = columns.filter(({ name }) => name !== 'Id');
    await using table = await open(rows, distinct);
    const pieces = await (await table.export({ format: 'parquet' })).toArray();
    const again = await bench.importBytes(Buffer.concat(pieces), 'again.parquet');
    expect(again.columns).toEqual(distinct);
    expect(again.preview).toEqual(rows.map(({ Id: _left, ...row }) => row));
  });

  test('of selected rows, columns and order', async () => {
    await using table = await open();
    const csv = await text(
      await table.export({
        format: 'csv',
        columns: ['n', 'id'],
        filter: { column: 'id', op: 'isNull', value: false },
        sort: [{ column: 'id', order: 'desc' }],
      }),
    );
    expect(csv).toBe('n,id\r\n1e+300,2\r\n-0.5,-1\r\n');
    await expect(table.export({ format: 'csv', columns: ['none'] })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
  });

  test('of one column keeps its empty rows', async () => {
    await using table = await open();
    expect(await text(await table.export({ format: 'csv', columns: ['id'] }))).toBe(
      'id\r\n-1\r\n2\r\n""\r\n',
    );
  });

  test('as NDJSON gives back any text', async () => {
    const one: Column[] = [{ name: 'a "b"', type: 'text' }];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 20 }),
        async (texts) => {
          const clean = texts.map((value) => value.replaceAll('\0', ''));
          await using table = await open(
            clean.map((value) => ({ 'a "b"': value })),
            one,
          );
          const lines = (await text(await table.export({ format: 'ndjson' }))).trimEnd().split('\n');
          expect(lines.map((line) => JSON.parse(line)['a "b"'])).toEqual(clean);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('ends, and leaves nothing behind, when its reader goes away', async () => {
    const many: Column[] = [{ name: 'text', type: 'text' }];
    await using table = await open(
      Array.from({ length: 50_000 }, (_, i) => ({ text: `row ${i} `.repeat(20) })),
      many,
    );
    const before = await workFolders();
    const stream = await table.export({ format: 'csv' });
    for await (const piece of stream) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    while ((await workFolders()).length > before.length) await sleep(10);
  });

  test('of a caller who leaves is not made', async () => {
    await using table = await open();
    const leaving = new AbortController();
    const stream = await table.export({ format: 'ndjson' }, leaving.signal);
    leaving.abort();
    await expect(text(stream)).rejects.toThrow(/abort/i);
  });
});

/** What is being worked on, in DuckDB's folder. */
async function workFolders(folder = bench.folder): Promise<string[]> {
  const work = join(folder, 'work');
  const [home = ''] = await readdir(work);
  return (await readdir(join(work, home))).filter((name) => name.startsWith('work-'));
}

test('as Parquet, large rows are written a few at a time: more would not fit into memory', async () => {
  const gif = () => Buffer.concat([Buffer.from('GIF89a\u0001\0\u0001\0'), randomBytes(9_000_000)]);
  const names = ['1.gif', '2.gif', '3.gif', '4.gif'];
  const archive = zip(names.map((name) => ({ name, bytes: gif(), isSlow: true })));
  const { parquet } = await bench.importBytes(archive, 'images.zip');
  await using table = await bench.tables.open(parquet.sha256);
  const path = join(bench.folder, 'exported.parquet');
  await writeFile(path, await table.export({ format: 'parquet' }));
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const groups = await connection.runAndReadAll(
    `SELECT DISTINCT row_group_id FROM parquet_metadata(${literal(path)})`,
  );
  expect(groups.currentRowCount).toBeGreaterThan(1);
  connection.closeSync();
});

describe('of rows that do not fit into memory together', () => {
  /** In no order. */
  const namesOf = (count: number) =>
    Array.from({ length: count }, (_, i) => `${1000 + ((i * 37) % count)}.gif`);
  const photoBytes = 1_200_000;
  const urlBytes = 8_000;

  test('has photos in an order, in every format', async () => {
    await using small = await openBench({ memoryMb: 192, threads: 1 });
    const names = namesOf(112);
    const { parquet } = await small.importBytes(photos(names), 'photos.zip');
    await using table = await small.tables.open(parquet.sha256);
    const sort = [{ column: 'file', order: 'desc' as const }];
    const ordered = names.toSorted().toReversed();

    const lines = await linesOf(await table.export({ format: 'ndjson', sort }));
    const rows = lines.map((line): Row => JSON.parse(line));
    expect(rows.map(({ file }) => file)).toEqual(ordered);
    expect(lines.every((line) => line.length > photoBytes)).toBe(true);

    const csv = await linesOf(await table.export({ format: 'csv', sort, columns: ['file', 'image'] }));
    expect(csv.map((line) => line.slice(0, line.indexOf(',')))).toEqual(['file', ...ordered]);

    const path = join(small.folder, 'sorted.parquet');
    await writeFile(path, await table.export({ format: 'parquet', sort }));
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const found = await connection.runAndReadAll(
      `SELECT file FROM read_parquet(${literal(path)}) WHERE octet_length(image) > ${photoBytes}`,
    );
    expect(found.getRows()).toEqual(ordered.map((each) => [each]));
    connection.closeSync();
  });

  test('has data URLs in an order, and in that of the file', async () => {
    await using small = await openBench({ memoryMb: 256, threads: 1 });
    const names = namesOf(13_000);
    const { parquet } = await small.importBytes(dataUrls(names), 'urls.csv');
    await using table = await small.tables.open(parquet.sha256);
    const sort = [{ column: 'name', order: 'desc' as const }];
    const nameOf = (line: string) => line.slice('{"name":"'.length, line.indexOf('","url":"data:'));
    const sorted = await linesOf(await table.export({ format: 'ndjson', sort }));
    expect(sorted.map(nameOf)).toEqual(names.toSorted().toReversed());
    const inOrder = await linesOf(await table.export({ format: 'ndjson' }));
    expect(inOrder.map(nameOf)).toEqual(names);
  });

  test('says before anything is sent what cannot be done, and which setting would let it', async () => {
    await using small = await openBench({ memoryMb: 24, threads: 1 });
    await using large = await openBench({ memoryMb: 512, threads: 1, storage: small.storage });
    const texts = Array.from({ length: 40 }, () => ({ text: randomBytes(750_000).toString('base64') }));
    const { sha256 } = await large.tables.write([{ name: 'text', type: 'text' }], texts);
    await using table = await small.tables.open(sha256);
    const refused = {
      code: 'TABLE_MEMORY_EXCEEDED',
      message: expect.stringContaining('ORIEL_TABLE_MEMORY_MB'),
    };
    const sort = [{ column: 'text', order: 'asc' as const }];
    for (const format of ['csv', 'ndjson', 'parquet'] as const) {
      await expect(table.export({ format, sort })).rejects.toMatchObject(refused);
      await expect(table.export({ format })).rejects.toMatchObject(refused);
    }
    await expect(table.listRows({ limit: 10, sort })).rejects.toMatchObject(refused);
    await expect(table.listRows({ limit: 10 })).rejects.toMatchObject(refused);
    await expect(table.readRange({ offset: 0, limit: 10 })).rejects.toMatchObject(refused);
    await expect(small.tables.join([sha256])).rejects.toMatchObject(refused);
    expect(await workFolders(small.folder)).toEqual([]);
  });

  async function linesOf(input: Readable): Promise<string[]> {
    return (await text(input)).trimEnd().split(/\r?\n/);
  }

  function photos(names: readonly string[]): Buffer {
    const gif = () => Buffer.concat([Buffer.from('GIF89a\u0001\0\u0001\0'), randomBytes(photoBytes)]);
    return zip(names.map((name) => ({ name, bytes: gif(), isSlow: true })));
  }

  async function* dataUrls(names: readonly string[]) {
    yield Buffer.from('name,url\n');
    for (const name of names)
      yield Buffer.from(`${name},"data:image/gif;base64,${randomBytes(urlBytes).toString('base64')}"\n`);
  }
});
