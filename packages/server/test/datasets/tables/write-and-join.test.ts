import type { Column } from '@oriel/schemas';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawRow, RowRange } from '../../../src/datasets/table/table.ts';
import { openBench } from './support/table-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const columns: Column[] = [
  { name: 'on', type: 'boolean' },
  { name: 'id', type: 'integer' },
  { name: 'big', type: 'bigint' },
  { name: 'share', type: 'number' },
  { name: 'label', type: 'text' },
  { name: 'day', type: 'date' },
  { name: 'at', type: 'timestamp' },
  { name: 'detail', type: 'json' },
  { name: 'picture', type: 'image' },
];

const full: RawRow = {
  on: true,
  id: -5,
  big: '12345678901234567890',
  share: 0.1,
  label: 'it\'s "quoted", 日本\n🙂',
  day: '2026-11-21',
  at: '2026-11-21T10:00:00.250Z',
  detail: { list: [1, null, 'a'] },
  picture: Uint8Array.of(1, 2, 255),
};
const empty = Object.fromEntries(columns.map(({ name }) => [name, null]));

describe('writing rows', () => {
  test('what is written is what is read, of every type', async () => {
    const { sha256 } = await bench.tables.write(columns, [full, {}, empty]);
    await using table = await bench.tables.open(sha256);
    expect(table.columns).toEqual(columns);
    expect(await table.readRange({ offset: 0, limit: 5, hasImageBytes: true })).toEqual([full, empty, empty]);
    const [row] = await table.readRange({ offset: 0, limit: 1, columns: ['picture'] });
    expect(row).toEqual({ picture: 'AQL/' });
  });

  test('however many rows there are, and however long their texts', async () => {
    const some: Column[] = columns.filter(({ type }) =>
      ['boolean', 'integer', 'number', 'text', 'json'].includes(type),
    );
    const text = fc.oneof(
      fc.constantFrom(
        '',
        'yes',
        'twelve bytes',
        'thirteen byte',
        'é'.repeat(6),
        'é'.repeat(7),
        'with \u0000 in it',
      ),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
    );
    const row = fc.record({
      on: fc.option(fc.boolean()),
      id: fc.option(fc.maxSafeInteger()),
      // one of both zeros is kept where a column has both: JSON has but one
      share: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((share) => share + 0)),
      label: fc.option(text),
      detail: fc.option(fc.array(fc.integer(), { maxLength: 3 })),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 300 }),
        async (kinds, times) => {
          const rows = Array.from({ length: kinds.length * times }, (_, i) => kinds[i % kinds.length] ?? {});
          const { sha256 } = await bench.tables.write(some, rows);
          await using table = await bench.tables.open(sha256);
          expect(await table.readRange({ offset: 0, limit: rows.length })).toEqual(rows);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('no rows are a table, too', async () => {
    const { sha256 } = await bench.tables.write(columns, []);
    await using table = await bench.tables.open(sha256);
    expect(table).toMatchObject({ columns, rows: 0 });
    expect(await table.readRange({ offset: 0, limit: 5 })).toEqual([]);
  });

  test('equal rows are the same blob', async () => {
    const first = await bench.tables.write(columns, [full]);
    expect(await bench.tables.write(columns, [full])).toEqual(first);
  });

  test.each([
    ['integer', 1.5],
    ['integer', 'x'],
    ['text', 7],
    ['boolean', 'true'],
  ] as const)('a value that is no %s is a mistake of ours: %j', async (type, value) => {
    await expect(bench.tables.write([{ name: 'a', type }], [{ a: value }])).rejects.toThrow(TypeError);
  });

  test('20,000 rows: every range is the same rows each time', async () => {
    const wide = Array.from(
      { length: 10 },
      (_, i): Column => ({ name: `c${i}`, type: i < 8 ? 'number' : 'text' }),
    );
    const rows = Array.from({ length: 20_000 }, (_, r) =>
      Object.fromEntries(wide.map(({ name }, i) => [name, i < 8 ? r + i / 10 : `label ${r % 7}`])),
    );
    const { sha256 } = await bench.tables.write(wide, rows);
    await using table = await bench.tables.open(sha256);
    expect(table.rows).toBe(20_000);
    const ranges = await Promise.all(
      [0, 1, 9_999, 19_990].map((offset) => table.readRange({ offset, limit: 20 })),
    );
    expect(ranges).toEqual([
      rows.slice(0, 20),
      rows.slice(1, 21),
      rows.slice(9_999, 10_019),
      rows.slice(19_990),
    ]);
  });
});

describe('reading in pieces', () => {
  const some: Column[] = [
    { name: 'id', type: 'integer' },
    { name: 'label', type: 'text' },
    { name: 'detail', type: 'json' },
  ];
  const mib = 2 ** 20;

  /** The rows of each piece. */
  async function idsOf(rows: readonly RawRow[], range: RowRange): Promise<unknown[][]> {
    const { sha256 } = await bench.tables.write(some, rows);
    await using table = await bench.tables.open(sha256);
    const pieces: unknown[][] = [];
    for await (const piece of table.readPieces(range)) pieces.push(piece.map(({ id }) => id));
    return pieces;
  }

  test('small rows come two thousand at a time, in their order, from where the range begins to where it ends', async () => {
    const rows = Array.from({ length: 5000 }, (_, id) => ({ id, label: 'a' }));
    const pieces = await idsOf(rows, { offset: 500, limit: 4000 });
    expect(pieces.map(({ length }) => length)).toEqual([2048, 1952]);
    expect(pieces.flat()).toEqual(rows.slice(500, 4500).map(({ id }) => id));
  });

  test('large texts and JSON are as few at a time as they have to be, one at least', async () => {
    const label = 'a'.repeat(7 * mib);
    const rows: RawRow[] = [
      { id: 0, label },
      { id: 1, label },
      { id: 2, detail: [label] },
      { id: 3, label, detail: [label, label] },
      { id: 4, label },
    ];
    expect(await idsOf(rows, { offset: 0, limit: 9 })).toEqual([[0, 1], [2], [3], [4]]);
  });

  test('what is not asked for does not count, and of no rows there are no pieces', async () => {
    const rows = Array.from({ length: 5 }, (_, id) => ({ id, label: 'a'.repeat(7 * mib) }));
    expect(await idsOf(rows, { offset: 0, limit: 5, columns: ['id'] })).toEqual([[0, 1, 2, 3, 4]]);
    expect(await idsOf(rows, { offset: 5, limit: 5 })).toEqual([]);
  });
});

describe('joining parts', () => {
  const scored: Column[] = [
    { name: 'species', type: 'text' },
    { name: 'id', type: 'integer' },
  ];
  const part = (from: number, count: number) =>
    bench.tables.write(
      scored,
      Array.from({ length: count }, (_, i) => ({ species: `s${from + i}`, id: from + i })),
    );

  test('in their order, beside the rows of the table they were made of', async () => {
    const base = await bench.importBytes('id,a\n1,x\n2,y\n3,z\n', 'rows.csv');
    const parts = [await part(10, 1), await part(20, 2)].map(({ sha256 }) => sha256);
    const joined = await bench.tables.join(parts, { parquetSha256: base.parquet.sha256 });
    expect(joined.columns).toEqual([...base.columns, scored[0], { name: 'predicted_id', type: 'integer' }]);
    expect(joined).toMatchObject({ rows: 3, profile: [] });
    await using table = await bench.tables.open(joined.parquet.sha256);
    expect(await table.readRange({ offset: 0, limit: 5 })).toEqual([
      { id: 1, a: 'x', species: 's10', predicted_id: 10 },
      { id: 2, a: 'y', species: 's20', predicted_id: 20 },
      { id: 3, a: 'z', species: 's21', predicted_id: 21 },
    ]);
  });

  test('what was known of the first columns need not be found out again', async () => {
    const { parquet, profile } = await bench.importBytes('id,a\n1,x\n2,y\n3,z\n', 'rows.csv');
    const { sha256 } = await part(10, 3);
    const joined = await bench.tables.join([sha256], { parquetSha256: parquet.sha256, profile });
    expect(joined.profile).toEqual(profile);
    const whole = await bench.tables.profile(joined.parquet.sha256, { known: [] });
    expect(whole).toMatchObject([
      { name: 'id', distinct: 3, max: 3 },
      { name: 'a', distinct: 3 },
      { name: 'species', topValues: [{ count: 1 }, { count: 1 }, { count: 1 }] },
      { name: 'predicted_id', min: 10, max: 12 },
    ]);
    for (const known of [profile, profile.slice(0, 1), whole])
      expect(await bench.tables.profile(joined.parquet.sha256, { known })).toEqual(whole);
  });

  test('alone, and the same part twice', async () => {
    const { sha256 } = await part(1, 2);
    const joined = await bench.tables.join([sha256, sha256]);
    expect(joined.preview.map(({ id }) => id)).toEqual([1, 2, 1, 2]);
  });

  test('refuses parts that do not fit', async () => {
    const base = await bench.importBytes('id\n1\n2\n', 'rows.csv');
    const one = await part(1, 1);
    await expect(bench.tables.join([one.sha256], { parquetSha256: base.parquet.sha256 })).rejects.toThrow(
      'the parts have 1 rows, the table beside them has 2',
    );
    const other = await bench.tables.write([{ name: 'x', type: 'text' }], [{ x: 'a' }]);
    await expect(bench.tables.join([one.sha256, other.sha256])).rejects.toThrow('different columns');
  });
});

test('a blob that is not there is NOT_FOUND', async () => {
  await expect(bench.tables.open('0'.repeat(64))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
