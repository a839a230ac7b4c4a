import { randomBytes } from 'node:crypto';
import type { RowFilter } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Selection, Table } from '../../../src/datasets/table/table.ts';
import { openBench } from './support/table-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
let table: Table;
beforeAll(async () => {
  bench = await openBench();
  const { sha256 } = await bench.tables.write(
    [
      { name: 'id', type: 'integer' },
      { name: 'name', type: 'text' },
      { name: 'isOpen', type: 'boolean' },
      { name: 'day', type: 'date' },
      { name: 'at', type: 'timestamp' },
      { name: 'big', type: 'bigint' },
      { name: 'tags', type: 'json' },
      { name: 'picture', type: 'image' },
    ],
    Array.from({ length: 25 }, (_, id) => ({
      id,
      name: id % 2 ? `50% of_Row ${id}` : null,
      isOpen: id > 3,
      day: `2026-01-${String(id + 1).padStart(2, '0')}`,
      at: `2026-01-01T00:00:${String(id).padStart(2, '0')}.000Z`,
      big: `900719925474099${id % 10}`,
      tags: { id },
      picture: Uint8Array.of(id),
    })),
  );
  table = await bench.tables.open(sha256);
});
afterAll(async () => {
  await table[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

const idsOf = async (filter: RowFilter) => {
  const { rows } = await table.listRows({ limit: 100, filter, columns: ['id'] });
  return rows.map(({ id }) => id);
};

describe('a page of rows', () => {
  test('has the columns that were asked for, in their order, and where the next begins', async () => {
    const page = await table.listRows({ limit: 2, columns: ['name', 'id', 'tags', 'picture'] });
    expect(page.columns.map(({ name }) => name)).toEqual(['name', 'id', 'tags', 'picture']);
    expect(page.rows).toEqual([
      { name: null, id: 0, tags: { id: 0 }, picture: 'AA==' },
      { name: '50% of_Row 1', id: 1, tags: { id: 1 }, picture: 'AQ==' },
    ]);
    const next = await table.listRows({ limit: 100, columns: ['id'], cursor: page.nextCursor ?? '' });
    expect(next.rows).toHaveLength(23);
    expect(next.nextCursor).toBeNull();
  });

  test('has as many rows as there is room for where they are large, in whichever order, one at least', async () => {
    const columns = [
      { name: 'id', type: 'integer' as const },
      { name: 'picture', type: 'image' as const },
      { name: 'note', type: 'text' as const },
    ];
    const megabytes = [9, 1, 40, 9, 9, 9];
    const { sha256 } = await bench.tables.write(
      columns,
      megabytes.map((size, id) => ({
        id,
        picture: randomBytes(size * 1_000_000),
        note: id === 1 ? null : 'seen',
      })),
    );
    await using large = await bench.tables.open(sha256);
    const pagesOf = async (selection: Selection) => {
      const pages: unknown[][] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await large.listRows({ ...selection, limit: 5, ...(cursor && { cursor }) });
        pages.push(page.rows.map(({ id }) => id));
        cursor = page.nextCursor;
      }
      return pages;
    };
    expect(await pagesOf({})).toEqual([[0, 1], [2], [3, 4], [5]]);
    expect(await pagesOf({ sort: [{ column: 'id', order: 'desc' }] })).toEqual([[5, 4], [3], [2], [1, 0]]);
    const seen = { column: 'note', op: 'eq', value: 'seen' } as const;
    expect(await pagesOf({ filter: seen, columns: ['id', 'note'] })).toEqual([[0, 2, 3, 4, 5]]);
  });

  /** How many rows the pages of a table have, and how large the largest is as JSON. */
  async function pagesOf(of: Table, selection: Selection, limit: number) {
    const rows: number[] = [];
    let bytes = 0;
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await of.listRows({ ...selection, limit, ...(cursor && { cursor }) });
      rows.push(page.rows.length);
      bytes = Math.max(bytes, Buffer.byteLength(JSON.stringify(page.rows)));
      cursor = page.nextCursor;
    }
    return { rows, bytes };
  }
  const pageBytesMax = 32 * 2 ** 20;

  test.each<[string, string, number[]]>([
    ['that pack well', 'x'.repeat(2 ** 20 - 100), [32, 32, 6]],
    ['that are longer as JSON', '\u0001'.repeat(2 ** 20 - 100), Array(14).fill(5)],
  ])(
    'is no larger than any other where its texts are of a kind %s, in whichever order',
    async (_kind, note, rows) => {
      const columns = [
        { name: 'id', type: 'integer' as const },
        { name: 'note', type: 'text' as const },
      ];
      const all = Array.from({ length: 70 }, (_, id) => ({ id, note }));
      const { sha256 } = await bench.tables.write(columns, all);
      await using packed = await bench.tables.open(sha256);
      for (const selection of [{}, { sort: [{ column: 'id', order: 'desc' as const }] }]) {
        const pages = await pagesOf(packed, selection, 1000);
        expect(pages.rows).toEqual(rows);
        expect(pages.bytes).toBeLessThanOrEqual(pageBytesMax);
      }
    },
  );

  test('is no larger where the names of its columns are what is large', async () => {
    const columns = Array.from({ length: 500 }, (_, i) => ({
      name: `${i}`.padEnd(200, '_'),
      type: 'integer' as const,
    }));
    const { sha256 } = await bench.tables.write(
      columns,
      Array.from({ length: 500 }, (_, i) => ({ [columns[0]?.name ?? '']: i })),
    );
    await using wide = await bench.tables.open(sha256);
    const pages = await pagesOf(wide, {}, 1000);
    expect(pages.rows.reduce((sum, rows) => sum + rows)).toBe(500);
    expect(pages.rows.length).toBe(2);
    expect(pages.bytes).toBeLessThanOrEqual(pageBytesMax);
  });

  test('has times as finely as they came, and filters find them so', async () => {
    const times = ['2026-01-01T00:00:00.123456Z', '2026-01-01T00:00:00.123Z', '2026-01-01T00:00:00.000Z'];
    const { sha256 } = await bench.tables.write(
      [{ name: 'at', type: 'timestamp' }],
      times.map((at) => ({ at })),
    );
    await using fine = await bench.tables.open(sha256);
    const { rows } = await fine.listRows({ limit: 5 });
    expect(rows.map(({ at }) => at)).toEqual(times);
    for (const at of times) {
      const filter = { column: 'at', op: 'eq', value: at } as const;
      expect((await fine.listRows({ limit: 5, filter })).rows).toEqual([{ at }]);
    }
  });

  test('is the last one when nothing is left, even if it is full', async () => {
    expect(await table.listRows({ limit: 25 })).toMatchObject({ nextCursor: null });
  });

  test.each<[string, RowFilter, number[]]>([
    [
      'wildcards are letters',
      { column: 'name', op: 'contains', value: '%' },
      [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23],
    ],
    [
      'underscores, too',
      { column: 'name', op: 'contains', value: 'f_r' },
      [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23],
    ],
    ['no pattern matches', { column: 'name', op: 'contains', value: '5_%' }, []],
    ['dates are compared as dates', { column: 'day', op: 'gt', value: '2026-01-23' }, [23, 24]],
    ['times in any zone', { column: 'at', op: 'lte', value: '2026-01-01T01:00:01+01:00' }, [0, 1]],
    ['large whole numbers exactly', { column: 'big', op: 'eq', value: '9007199254740993' }, [3, 13, 23]],
    ['whole numbers with fractions', { column: 'id', op: 'lt', value: 1.5 }, [0, 1]],
    ['lists', { column: 'id', op: 'in', values: [24, 99, 2] }, [2, 24]],
  ])('%s', async (_name, filter, ids) => expect(await idsOf(filter)).toEqual(ids));

  test.each<[string, RowFilter, (string | number)[]]>([
    ['a column that is not there', { column: 'ID', op: 'eq', value: 1 }, ['filter', 'column']],
    ['a text for a number', { column: 'id', op: 'eq', value: '1' }, ['filter', 'value']],
    ['a number for a text', { column: 'name', op: 'eq', value: 1 }, ['filter', 'value']],
    ['one wrong value of a list', { column: 'id', op: 'in', values: [1, 'x'] }, ['filter', 'values', 1]],
    ['a day that is none', { column: 'day', op: 'eq', value: '2026-02-30' }, ['filter', 'value']],
    ['a time that is none', { column: 'at', op: 'eq', value: 'yesterday' }, ['filter', 'value']],
    ['a fraction for a large whole number', { column: 'big', op: 'eq', value: '1.5' }, ['filter', 'value']],
    ['contains of a number', { column: 'id', op: 'contains', value: '1' }, ['filter', 'op']],
    ['an order of truths', { column: 'isOpen', op: 'lt', value: true }, ['filter', 'op']],
    ['a comparison of JSON', { column: 'tags', op: 'eq', value: 'x' }, ['filter', 'op']],
    [
      'a fault deep inside',
      { and: [{ or: [{ column: 'id', op: 'eq', value: true }] }] },
      ['filter', 'and', 0, 'or', 0, 'value'],
    ],
  ])('refuses %s, with the place', async (_name, filter, path) => {
    await expect(table.listRows({ limit: 1, filter })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      issues: [{ path }],
    });
  });

  test('refuses more comparisons, or more depth, than can be planned', async () => {
    const one: RowFilter = { column: 'id', op: 'eq', value: 1 };
    const wide: RowFilter = {
      or: Array.from({ length: 10 }, () => ({ and: Array.from({ length: 51 }, () => one) })),
    };
    await expect(table.listRows({ limit: 1, filter: wide })).rejects.toThrow('at most 500 comparisons');
    let deep: RowFilter = { and: [one] };
    for (let i = 0; i < 20; i += 1) deep = { and: [deep] };
    await expect(table.listRows({ limit: 1, filter: deep })).rejects.toThrow('levels deep');
  });

  test('refuses a column or an order that there is not', async () => {
    await expect(table.listRows({ limit: 1, columns: ['none'] })).rejects.toMatchObject({
      issues: [{ path: ['columns', 0] }],
    });
    await expect(
      table.listRows({ limit: 1, sort: [{ column: 'tags', order: 'asc' }] }),
    ).rejects.toMatchObject({
      issues: [{ path: ['sort', 0, 'column'], rule: 'not_sortable' }],
    });
  });

  test('refuses a cursor that is none, or of another selection', async () => {
    const { nextCursor } = await table.listRows({ limit: 1 });
    const other = { limit: 1, sort: [{ column: 'id', order: 'desc' as const }] };
    for (const cursor of ['', 'x', `${nextCursor}x`, "0' OR 1=1"])
      await expect(table.listRows({ limit: 1, cursor })).rejects.toMatchObject({
        issues: [{ path: ['cursor'] }],
      });
    await expect(table.listRows({ ...other, cursor: nextCursor ?? '' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
  });
});
