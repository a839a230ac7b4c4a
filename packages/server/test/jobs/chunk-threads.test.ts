import { randomBytes, randomUUID } from 'node:crypto';
import type { Column, ColumnMapping } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawRow } from '../../src/datasets/table/table.ts';
import { ThreadEndedError } from '../../src/engine/thread-ended.ts';
import { rangesByRows } from '../../src/jobs/chunks/chunk-ranges.ts';
import { createChunkScorer } from '../../src/jobs/chunks/chunk-scorer.ts';
import { createChunkThreads } from '../../src/jobs/chunks/chunk-threads.ts';
import { outputColumnsOf } from '../../src/jobs/output-columns.ts';
import { hashFile } from '../../src/storage/spool.ts';
import { openBench } from '../datasets/tables/support/table-bench.ts';
import { startMicroEngine } from '../engine/support/micro-engine.ts';
import { tiny } from '../engine/support/micro-models/tiny/contract.ts';

const modelsFolder = new URL('../engine/support/micro-models/', import.meta.url);
const registry = new URL('registry.ts', modelsFolder);
const columns: Column[] = [
  { name: 'number', type: 'number' },
  { name: 'what', type: 'text' },
];
const chunkRows = 3000;

let bench: Awaited<ReturnType<typeof openBench>>;
let engine: Awaited<ReturnType<typeof startMicroEngine>>;
beforeAll(async () => {
  [bench, engine] = await Promise.all([openBench(), startMicroEngine()]);
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

/** Rows of which some go wrong, each in its way. */
function makeRows(count: number, mishapOf: (row: number) => string | null = () => null): RawRow[] {
  return Array.from({ length: count }, (_, row) => ({ number: row / 2, what: mishapOf(row) }));
}

/** Scores the chunks of some rows, and tells which way they went. */
async function score(rows: readonly RawRow[], { stuckMs = 20_000, isMicro = true } = {}) {
  const warnings: string[] = [];
  const slices: { size: number; failed: number }[] = [];
  const pieces: number[] = [];
  let chargedMs = 0;
  const logger = { warn: (_fields: object, message: string) => void warnings.push(message) };
  const threads = createChunkThreads({
    threads: 2,
    isLive: () => false,
    threadData: { registry: registry.href, modelsFolder: modelsFolder.href, heapMb: 128, tableMemoryMb: 128 },
    stuckMs,
    logger,
  });
  const { sha256 } = await bench.tables.write(columns, rows);
  await using table = await bench.tables.open(sha256);
  const outputs = outputColumnsOf(tiny);
  const scorer = createChunkScorer({
    tables: bench.tables,
    engine: {
      findMicroFile: (model, version) => (isMicro ? engine.findMicroFile(model, version) : null),
      predictBulk(request) {
        pieces.push(request.inputs.length);
        return engine.predictBulk(request);
      },
    },
    threads,
    onComputed(_principal, ms) {
      chargedMs += ms;
    },
    observer: { onSlice: (slice) => void slices.push(slice) },
    logger,
  });
  const stop = new AbortController();
  const scoreChunk = scorer.open({
    input: {
      datasetId: randomUUID(),
      datasetVersion: 1,
      model: 'tiny',
      modelVersion: '1',
      mapping: { value: 'number', mishap: 'what' },
      name: 'results',
      keepColumns: false,
      chunkRows,
      areChunksOfGroups: false,
      chargedTo: 'key:1',
    },
    contract: tiny,
    table,
    ranges: rangesByRows(rows.length, chunkRows),
    outputs,
    earlier: new Map(),
    signal: stop.signal,
  });
  const count = Math.ceil(rows.length / chunkRows);
  const readChunk = async (index: number) => {
    const done = await scoreChunk(index);
    await using results = await bench.tables.open(done.sha256 ?? '');
    return { ...done, results: await results.readRange({ offset: 0, limit: chunkRows }) };
  };
  try {
    const chunks = await Promise.all(Array.from({ length: count }, (_, index) => readChunk(index)));
    return { chunks, results: chunks.flatMap(({ results }) => results), warnings, slices, pieces, chargedMs };
  } finally {
    await threads.close();
  }
}

describe('chunks of a micro model', () => {
  test('are scored on threads of their own, each row in its place', async () => {
    const { chunks, results, slices, warnings, chargedMs } = await score(makeRows(7000));
    expect(chunks.map(({ rows, rowsFailed }) => [rows, rowsFailed])).toEqual([
      [3000, 0],
      [3000, 0],
      [1000, 0],
    ]);
    expect(results.map(({ doubled }) => doubled)).toEqual(Array.from({ length: 7000 }, (_, row) => row));
    expect(slices.map(({ size }) => size).toSorted((a, b) => a - b)).toEqual([1000, 3000, 3000]);
    expect(chargedMs).toBeGreaterThan(0);
    expect(warnings).toEqual([]);
  });

  test('have the results that the engine gives, whatever goes wrong with a row', async () => {
    const mishaps = ['unusable', 'throws', 'odd-shape', 'bad-output', 'no such mishap', null, null];
    const rows = makeRows(100, (row) => mishaps[row % mishaps.length] ?? null);
    const here = await score(rows);
    const there = await score(rows, { isMicro: false });
    expect(here.results).toEqual(there.results);
    expect(here.chunks[0]?.rowsFailed).toBe(there.chunks[0]?.rowsFailed);
    expect([here.slices.length, there.slices.length]).toEqual([1, 0]);
    expect(here.results.slice(0, 6).map(({ error_code: code }) => code)).toEqual([
      'INPUT_INVALID',
      'PREDICTION_FAILED',
      'PREDICTION_FAILED',
      'PREDICTION_FAILED',
      'INPUT_INVALID',
      null,
    ]);
  });

  test('through the engine, a large one goes piece by piece, each row in its place', async () => {
    const isBad = (row: number) => row % 2500 === 2400;
    const { chunks, results, slices } = await score(
      makeRows(7000, (row) => (isBad(row) ? 'unusable' : null)),
      { isMicro: false },
    );
    expect(chunks.map(({ rows, rowsFailed }) => [rows, rowsFailed])).toEqual([
      [3000, 1],
      [3000, 1],
      [1000, 0],
    ]);
    const expected = Array.from({ length: 7000 }, (_, row) => (isBad(row) ? null : row));
    expect(results.map(({ doubled }) => doubled)).toEqual(expected);
    expect(slices).toEqual([]);
  });

  test('through the engine, large rows go a few at a time', async () => {
    const text = 'x'.repeat(2 ** 20);
    const { pieces, results } = await score(
      makeRows(40, (row) => (row % 2 === 0 ? text : null)),
      { isMicro: false },
    );
    expect(pieces).toEqual([32, 8]);
    expect(results.map(({ doubled }) => doubled)).toEqual(
      Array.from({ length: 40 }, (_, row) => (row % 2 === 0 ? null : row)),
    );
  });

  test('a row that ends the thread fails alone: its chunk goes through the engine', async () => {
    const rows = makeRows(chunkRows + 5, (row) => (row === 7 ? 'exits' : null));
    const { chunks, results, warnings } = await score(rows);
    expect(chunks.map(({ rowsFailed }) => rowsFailed)).toEqual([1, 0]);
    expect(results[7]).toMatchObject({ doubled: null, error_code: 'WORKER_CRASHED' });
    expect(results[8]).toMatchObject({ doubled: 8, error_code: null });
    expect(warnings).toContain('rows are scored anew through the engine');
  });
});

test('while predictions are asked for, one of the threads begins nothing', async () => {
  let isLive = false;
  await using thread = await useThread(makeRows(30_000), { count: 2, isLive: () => isLive });
  /** A long chunk and a short one that come together, in the order in which they end. */
  const inTheirOrder = async () => {
    const ended: string[] = [];
    await Promise.all([
      thread.run().then(() => ended.push('long')),
      thread.run({ limit: 1 }).then(() => ended.push('short')),
    ]);
    return ended;
  };
  await inTheirOrder(); // both have begun, and loaded what they need
  expect(await inTheirOrder()).toEqual(['short', 'long']);
  isLive = true;
  expect(await inTheirOrder()).toEqual(['long', 'short']);
});

interface How {
  readonly signal?: AbortSignal;
  readonly mapping?: ColumnMapping;
  /** Of the rows, the first so many. */
  readonly limit?: number;
}

/** One thread, and the task of scoring some rows on it. */
async function useThread(
  rows: readonly RawRow[],
  { stuckMs = 20_000, tableMemoryMb = 128, count = 1, isLive = (): boolean => false } = {},
) {
  const ended: unknown[] = [];
  const threads = createChunkThreads({
    threads: count,
    isLive,
    threadData: { registry: registry.href, modelsFolder: modelsFolder.href, heapMb: 128, tableMemoryMb },
    stuckMs,
    logger: { warn: (fields: { reason?: unknown }) => void ended.push(fields.reason) },
  });
  const { sha256 } = await bench.tables.write(columns, rows);
  const table = await bench.tables.open(sha256);
  const { path } = table;
  const file = engine.findMicroFile('tiny', '1');
  if (!file) throw new Error('tiny is a micro model');
  const range = { offset: 0, limit: rows.length };
  const task = { path, columns, ...range };
  return {
    ended,
    begin: () => threads.begin(3),
    check(mapping: ColumnMapping) {
      return bench.tables.writeWith(({ folder, path: to }) =>
        threads.run(
          { ...task, kind: 'check', model: 'tiny', mapping, folder, to },
          new AbortController().signal,
        ),
      );
    },
    run({
      signal = new AbortController().signal,
      mapping = { value: 'number' },
      limit = rows.length,
    }: How = {}) {
      return bench.tables.writeWith(({ folder, path: to }) =>
        threads.run({ ...task, limit, kind: 'score', file, mapping, folder, to }, signal),
      );
    },
    async [Symbol.asyncDispose]() {
      await threads.close();
      await table[Symbol.asyncDispose]();
    },
  };
}

test('a job that is to stop does not wait for its threads', async () => {
  await using thread = await useThread(makeRows(10));
  const stop = new AbortController();
  const enough = new Error('enough');
  const both = Promise.allSettled([thread.run(stop), thread.run(stop)]);
  stop.abort(enough);
  expect(await both).toEqual([enough, enough].map((reason) => ({ status: 'rejected', reason })));
  // what it was at it finishes, and then takes the next
  expect(await thread.run()).toMatchObject({ rows: 10, rowsFailed: 0 });
});

test('a thread that was begun before there was anything to do does what comes, and ends with the others', async () => {
  await using thread = await useThread(makeRows(10));
  thread.begin();
  expect(await thread.run()).toMatchObject({ rows: 10, rowsFailed: 0 });
  {
    await using unused = await useThread(makeRows(10));
    unused.begin();
  }
  expect(thread.ended).toEqual([]);
});

test('a thread that computes too long is ended', async () => {
  await using thread = await useThread([{ number: 600_000, what: null }], { stuckMs: 500 });
  await expect(thread.run({ mapping: { value: 'number', busyMs: 'number' } })).rejects.toThrow(
    ThreadEndedError,
  );
  expect(thread.ended).toEqual(['stuck']);
});

test('one that has to wait is not: busy machines make threads of jobs wait', async () => {
  await using thread = await useThread(
    makeRows(1, () => 'waits'),
    { stuckMs: 1000 },
  );
  // to load all that it takes is work, too
  await thread.run();
  expect(await thread.run({ mapping: { value: 'number', mishap: 'what' } })).toMatchObject({ rowsFailed: 0 });
  expect(thread.ended).toEqual([]);
});

test('rows that take more memory than a thread has are told so, with the setting; it does others then', async () => {
  const large = makeRows(20, () => randomBytes(750_000).toString('base64'));
  await using thread = await useThread(large, { tableMemoryMb: 12 });
  await expect(thread.check({ value: 'number', mishap: 'what' })).rejects.toMatchObject({
    code: 'TABLE_MEMORY_EXCEEDED',
    message: expect.stringMatching(/12 MiB.*ORIEL_TABLE_MEMORY_MB/),
  });
  expect(await thread.check({ value: 'number' })).toEqual({ rows: 20, rowsFailed: 0, blob: null });
});

test('what a thread writes is stored under the name that the thread gives it', async () => {
  await using thread = await useThread(makeRows(10, () => 'a text'));
  // a text is no number: what is wrong with each row is written down
  for (const { blob } of [await thread.run(), await thread.check({ value: 'what' })]) {
    if (!blob) throw new Error('both write something');
    await using file = await bench.storage.openFile(blob.sha256);
    expect(await hashFile(file.path)).toEqual(blob);
  }
});
