import type { Column, Row, RowFilter } from '@oriel/schemas';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Selection, Table } from '../../../src/datasets/table/table.ts';
import { openBench } from './support/table-bench.ts';

/** Names and values that would end a statement, if they ever got into one as they are. */
const nasty = [
  '"; DROP TABLE t; --',
  "' OR 1=1 --",
  'a"b',
  'c0',
  '$1',
  'file_row_number',
  '%',
  '_',
  '\\',
  'select',
  'ID',
];
const types = [
  'integer',
  'number',
  'text',
  'boolean',
  'bigint',
  'date',
  'text',
  'integer',
  'text',
  'number',
  'text',
] as const;
const columns: Column[] = nasty.map((name, index) => ({ name, type: types[index] ?? 'text' }));

const texts = fc.constantFrom(...nasty, '', 'Äpfel', 'äPFEL', '100%', 'a_b', '日本', '🙂');
const valuesOfType: Record<string, fc.Arbitrary<string | number | boolean>> = {
  integer: fc.integer({ min: -3, max: 3 }),
  number: fc.constantFrom(-1.5, -0.25, 0, 0.1, 2, 1e300),
  text: texts,
  boolean: fc.boolean(),
  bigint: fc.constantFrom('-9007199254740993', '0', '9007199254740993', '12345678901234567890'),
  date: fc.constantFrom('2025-12-31', '2026-01-01', '2026-11-21'),
};
const ofType = (type: string) => valuesOfType[type] ?? texts;

const rowArbitrary = fc.tuple(...columns.map(({ type }) => fc.option(ofType(type), { freq: 4 })));
const comparison: fc.Arbitrary<RowFilter> = fc
  .constantFrom(...columns)
  .chain(({ name, type }): fc.Arbitrary<RowFilter> => {
    const isNull = fc.boolean().map((value): RowFilter => ({ column: name, op: 'isNull', value }));
    const equal = fc
      .tuple(fc.constantFrom('eq' as const, 'ne' as const), ofType(type))
      .map(([op, value]): RowFilter => ({ column: name, op, value }));
    const within = fc
      .array(ofType(type), { minLength: 1, maxLength: 4 })
      .map((values): RowFilter => ({ column: name, op: 'in', values }));
    if (type === 'boolean') return fc.oneof(isNull, equal, within);
    const ordered = fc
      .tuple(fc.constantFrom('lt' as const, 'lte' as const, 'gt' as const, 'gte' as const), ofType(type))
      .map(([op, value]): RowFilter => ({ column: name, op, value }));
    if (type !== 'text') return fc.oneof(isNull, equal, within, ordered);
    const contains = texts
      .filter((value) => value !== '')
      .map((value): RowFilter => ({ column: name, op: 'contains', value }));
    return fc.oneof(isNull, equal, within, ordered, contains);
  });
const { filter } = fc.letrec<{ filter: RowFilter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    comparison,
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((and): RowFilter => ({ and })),
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((or): RowFilter => ({ or })),
  ),
}));
const sort = fc.uniqueArray(
  fc.record({ column: fc.constantFrom(...nasty), order: fc.constantFrom('asc' as const, 'desc' as const) }),
  { maxLength: 3, selector: ({ column }) => column },
);

/** The same in plain JavaScript. */
function order(type: string, a: string | number | boolean, b: string | number | boolean): number {
  if (type === 'bigint') return Number(BigInt(String(a)) - BigInt(String(b)));
  if (type === 'text') return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
  return a < b ? -1 : a > b ? 1 : 0;
}

function matches(row: Row, one: RowFilter): boolean {
  if ('and' in one) return one.and.every((part) => matches(row, part));
  if ('or' in one) return one.or.some((part) => matches(row, part));
  const value = row[one.column] as string | number | boolean | null;
  if (one.op === 'isNull') return (value === null) === one.value;
  if (value === null) return false;
  const type = columns.find(({ name }) => name === one.column)?.type ?? 'text';
  if (one.op === 'in') return one.values.some((other) => order(type, value, other) === 0);
  if (one.op === 'contains') return String(value).toLowerCase().includes(one.value.toLowerCase());
  const difference = order(type, value, one.value);
  return {
    eq: difference === 0,
    ne: difference !== 0,
    lt: difference < 0,
    lte: difference <= 0,
    gt: difference > 0,
    gte: difference >= 0,
  }[one.op];
}

function select(rows: readonly Row[], { filter: wanted, sort: keys = [] }: Selection): Row[] {
  return rows
    .filter((row) => !wanted || matches(row, wanted))
    .toSorted((a, b) => {
      for (const { column, order: way } of keys) {
        const type = columns.find(({ name }) => name === column)?.type ?? 'text';
        const [left, right] = [a[column], b[column]] as (string | number | boolean | null)[];
        if (left === right) continue;
        // rows without a value come last, whichever the order
        if (left === null || left === undefined) return 1;
        if (right === null || right === undefined) return -1;
        const difference = order(type, left, right) * (way === 'asc' ? 1 : -1);
        if (difference !== 0) return difference;
      }
      return 0;
    });
}

async function readAll(table: Table, selection: Selection, limit: number): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  do {
    const page = await table.listRows({ ...selection, limit, ...(cursor !== null && { cursor }) });
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    rows.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return rows;
}

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

test('pages hold the rows that a filter in plain JavaScript finds, in its order, whatever names and values say', async () => {
  const [sampled = []] = fc.sample(fc.array(rowArbitrary, { minLength: 60, maxLength: 60 }), {
    numRuns: 1,
    seed: 7,
  });
  const rows: Row[] = sampled.map((values) =>
    Object.fromEntries(nasty.map((name, i) => [name, values[i] ?? null])),
  );
  const { sha256 } = await bench.tables.write(columns, rows);
  await using table = await bench.tables.open(sha256);
  await fc.assert(
    fc.asyncProperty(
      fc.option(filter, { nil: undefined }),
      sort,
      fc.integer({ min: 1, max: 70 }),
      async (wanted, keys, limit) => {
        const selection = { filter: wanted, sort: keys };
        expect(await readAll(table, selection, limit < 10 ? 20 : limit)).toEqual(select(rows, selection));
      },
    ),
    { numRuns: 100 },
  );
}, 120_000);
