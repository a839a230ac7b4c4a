import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBench } from './support/table-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

async function rowsOf(text: string, name: string) {
  const table = await bench.importBytes(text, name);
  await using opened = await bench.tables.open(table.parquet.sha256);
  return { table, rows: await opened.readRange({ offset: 0, limit: 1000 }) };
}

const records = [
  {
    id: 1,
    a: 'x',
    A: 'upper',
    on: true,
    big: 1,
    day: '2026-11-21',
    at: '2026-11-21T10:00:00Z',
    n: 1.5,
    tags: ['a', { b: null }],
    mixed: 1,
  },
  { id: 2, on: null, n: 2, tags: null, mixed: 'two', 'späte "Spalte"': '007', a: '' },
];

describe('JSON', () => {
  test.each([
    ['a list', JSON.stringify(records), 'rows.json', 'json'],
    ['a list over lines', JSON.stringify(records, null, 2), 'rows.json', 'json'],
    ['a list with a byte order mark', `\ufeff${JSON.stringify(records)}`, 'rows.json', 'json'],
    [
      'an object on each line, with a byte order mark',
      `\ufeff${records.map((row) => JSON.stringify(row)).join('\n')}`,
      'rows.ndjson',
      'ndjson',
    ],
    ['an object on each line', records.map((row) => JSON.stringify(row)).join('\n'), 'rows.ndjson', 'ndjson'],
    [
      'objects over lines',
      records.map((row) => JSON.stringify(row, null, 2)).join('\n'),
      'rows.json',
      'json',
    ],
  ])('%s becomes a table', async (_name, text, name, format) => {
    const { table, rows } = await rowsOf(text, name);
    expect(table.format).toBe(format);
    expect(table.columns).toEqual([
      { name: 'id', type: 'integer' },
      { name: 'a', type: 'text' },
      { name: 'A', type: 'text' },
      { name: 'on', type: 'boolean' },
      { name: 'big', type: 'integer' },
      { name: 'day', type: 'date' },
      { name: 'at', type: 'timestamp' },
      { name: 'n', type: 'number' },
      { name: 'tags', type: 'json' },
      { name: 'mixed', type: 'text' },
      { name: 'späte "Spalte"', type: 'text' },
    ]);
    const [first, second] = records;
    expect(rows).toEqual([
      { ...first, at: '2026-11-21T10:00:00.000Z', mixed: '1', 'späte "Spalte"': null },
      { ...second, A: null, big: null, day: null, at: null },
    ]);
  });

  test('a NUL in a name becomes the sign for what cannot be shown', async () => {
    const { table, rows } = await rowsOf(String.raw`[{"a\u0000": 1, "b": 2}, {"a\u0000": 3}]`, 'rows.json');
    expect(table.columns.map(({ name }) => name)).toEqual(['a\uFFFD', 'b']);
    expect(rows).toEqual([
      { 'a\uFFFD': 1, b: 2 },
      { 'a\uFFFD': 3, b: null },
    ]);
    await using opened = await bench.tables.open(table.parquet.sha256);
    for (const format of ['csv', 'ndjson', 'parquet'] as const)
      expect((await buffer(await opened.export({ format }))).length).toBeGreaterThan(0);
  });

  test('whole numbers beyond 2^53 keep all their digits', async () => {
    const { table, rows } = await rowsOf(
      '[{"n":9007199254740993},{"n":-12345678901234567890123}]',
      'rows.json',
    );
    expect(table.columns).toEqual([{ name: 'n', type: 'bigint' }]);
    expect(rows).toEqual([{ n: '9007199254740993' }, { n: '-12345678901234567890123' }]);
  });

  test('NaN and infinities are no values, and are counted', async () => {
    const { table, rows } = await rowsOf('[{"n":1.5},{"n":NaN},{"n":-Infinity},{"n":null}]', 'rows.json');
    expect(rows.map(({ n }) => n)).toEqual([1.5, null, null, null]);
    expect(table.profile[0]).toMatchObject({ nulls: 3, notFinite: 2, min: 1.5, max: 1.5 });
  });

  test.each([
    ['a fault in a list', '[\n{"a":1},\n{"a":2 "b":3}\n]', ['line', 3], 'Line 3 is no JSON'],
    ['a list that is cut off', '[\n{"a":1},\n{"a":', ['line', 3], 'Line 3 is no JSON'],
    ['a fault in a line', '{"a":1}\n{"a":\n{"a":3}', ['line', 2], 'Line 2 is no JSON object'],
    ['a path of Windows', '{"a":1}\n{"a":"C:\\data"}\n', ['line', 2], 'Line 2 is no JSON object'],
    ['other than objects', '[{"a":1},7]', [], 'Value 2 is a number'],
    ['a name twice', '{"a":1}\n{"b":1,"b":2}', ['column', 'b'], 'Object 2 has "b" twice'],
    ['an empty list', '[]', [], 'no rows'],
    ['empty objects', '[{},{}]', [], 'are all empty'],
    ['a name that sets the prototype', '[{"__proto__":1}]', ['column', 1], '"__proto__"'],
    ['NaN within a list', '[{"a":[1]},{"a":[NaN]}]', ['column', 'a'], 'Row 2 has NaN'],
    ['depth', `[\n{"a":${'['.repeat(100)}1${']'.repeat(100)}}]`, ['line', 2], 'more than 64 levels'],
    [
      'a depth that would end a parser',
      `[{"a":${'[{"a":'.repeat(200_000)}`,
      ['line', 1],
      'more than 64 levels',
    ],
  ])('refuses %s', async (_name, text, path, message) => {
    const error = await bench.importBytes(text, text.startsWith('[') ? 'rows.json' : 'rows.ndjson').then(
      () => expect.unreachable(),
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'DATASET_UNREADABLE', issues: [{ path }] });
    expect(error).toHaveProperty('message', expect.stringContaining(message));
  });
});
