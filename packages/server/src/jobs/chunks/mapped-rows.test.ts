import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type Column, defineContract } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Database, openDatabase } from '../../datasets/table/database.ts';
import { literal } from '../../datasets/table/sql.ts';
import { placed } from '../../datasets/table/stored-columns.ts';
import { checkChunk } from './check-chunk.ts';
import { mappedRows } from './mapped-rows.ts';

const columns: Column[] = [
  { name: 'number', type: 'integer' },
  { name: 'text', type: 'text' },
  { name: 'words', type: 'json' },
];
const rows = 10_000;
const textChars = 3200;
/** Most rows that DuckDB hands over at a time. */
const vectorRows = 2048;

/** Called with the number of each row that is held against the contract. */
let onLooked = (_number: number): void => {};

const reader = defineContract({
  id: 'reader',
  title: 'Reader',
  description: 'Reads long texts and lists.',
  task: 'text',
  input: z.strictObject({
    number: z.int().refine((number) => {
      onLooked(number);
      return true;
    }),
    text: z.string().optional(),
    words: z.array(z.string()).optional(),
  }),
  output: z.object({ length: z.int() }),
  examples: [{ title: 'one', input: { number: 1, text: 'x' } }],
});

let folder: string;
let path: string;
let database: Database;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oriel-rows-'));
  path = join(folder, 'table.parquet');
  const maker = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await maker.connect();
  const text = `repeat(md5(CAST(i AS VARCHAR)), ${textChars / 32})`;
  const [number, long, words] = placed(columns).map(({ stored }) => stored);
  await connection.run(`COPY (
      SELECT i AS ${number}, ${text} AS ${long}, '["' || ${text} || '","' || i || '"]' AS ${words} FROM range(${rows}) t(i)
    ) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${vectorRows})`);
  connection.closeSync();
  maker.closeSync();
  database = await openDatabase({ folder, memoryMb: 256, threads: 1, isOnThisThread: true });
});
afterAll(async () => {
  database.close();
  await rm(folder, { recursive: true, force: true });
});

/** The database, and how many rows were taken out of it. */
function watched() {
  const taken = { rows: 0 };
  const connect: Database['connect'] = async (signal) => {
    const connected = await database.connect(signal);
    const { connection } = connected;
    const stream = connection.stream.bind(connection);
    connection.stream = async (...statement) => {
      const result = await stream(...statement);
      const fetchChunk = result.fetchChunk.bind(result);
      result.fetchChunk = async () => {
        const chunk = await fetchChunk();
        taken.rows += chunk?.rowCount ?? 0;
        return chunk;
      };
      return result;
    };
    return connected;
  };
  return { taken, database: { ...database, connect } };
}

describe('rows of a chunk', () => {
  test.each([
    ['long texts', 'text'],
    ['JSON', 'words'],
  ])('are taken out of the file as they are used, not before: %s', async (_what, field) => {
    const { taken, database: one } = watched();
    const chunk = { path, columns, mapping: { number: 'number', [field]: field }, offset: 0, limit: rows };
    let used = 0;
    for await (const inputs of mappedRows(reader, one, chunk)) {
      expect(inputs.length).toBeLessThanOrEqual(vectorRows);
      expect(taken.rows - used).toBeLessThanOrEqual(vectorRows);
      expect(inputs[0]?.number).toBe(used);
      used += inputs.length;
    }
    expect([used, taken.rows]).toEqual([rows, rows]);
  });

  test('that nobody goes on with are not taken out', async () => {
    const { taken, database: one } = watched();
    const chunk = { path, columns, mapping: { number: 'number', text: 'text' }, offset: 5000, limit: 7000 };
    for await (const [first] of mappedRows(reader, one, chunk)) {
      expect(first).toMatchObject({ number: 5000 });
      expect(String(first?.text)).toHaveLength(textChars);
      break;
    }
    expect(taken.rows).toBeLessThanOrEqual(vectorRows);
  });

  test('are held against a contract while the rest of them is in the file still', async () => {
    const { taken, database: one } = watched();
    let looked = 0;
    let aheadMax = 0;
    onLooked = (number) => {
      expect(number).toBe(looked++);
      aheadMax = Math.max(aheadMax, taken.rows - number);
    };
    const mapping = { number: 'number', text: 'text', words: 'words' };
    const to = join(folder, 'faults.parquet');
    const chunk = { kind: 'check', model: 'reader', folder, path, columns, mapping, to } as const;
    const told = await checkChunk(reader, one, { ...chunk, offset: 0, limit: rows });
    expect(told).toEqual({ rows, rowsFailed: 0, blob: null });
    expect(looked).toBe(rows);
    expect(aheadMax).toBeLessThanOrEqual(vectorRows);
  });
});
