import { randomUUID } from 'node:crypto';
import { penguins } from '@oriel/models';
import { modelsFolder } from '@oriel/models/location';
import { expect, onTestFinished, test } from 'vitest';
import { createCheckRunner } from '../../src/datasets/check-runner.ts';
import type { MadeTable } from '../../src/datasets/service.ts';
import type { Transaction } from '../../src/db/transaction.ts';
import { createChunkThreads } from '../../src/jobs/chunks/chunk-threads.ts';
import type { DoneChunk, RunningJob } from '../../src/jobs/job-runner.ts';
import { openBench } from './tables/support/table-bench.ts';

const rows = 10;
const chunkRows = 3;
/** Every third island is none. */
const csv = `island\n${Array.from({ length: rows }, (_, i) => (i % 3 === 2 ? 'Atlantis' : 'Dream')).join('\n')}\n`;

test('a check that was stopped goes on after its last chunk, with the same outcome', async () => {
  await using bench = await openBench();
  const { parquet, columns } = await bench.importBytes(csv, 'birds.csv');
  const made: MadeTable[] = [];
  const threads = createChunkThreads({
    threads: 1,
    isLive: () => false,
    threadData: {
      registry: new URL('registry.ts', modelsFolder).href,
      modelsFolder: modelsFolder.href,
      heapMb: 128,
      tableMemoryMb: 128,
    },
    stuckMs: 20_000,
    logger: { warn() {} },
  });
  onTestFinished(() => threads.close());
  const runner = createCheckRunner({
    tables: bench.tables,
    threads,
    contracts: { penguins },
    datasets: {
      // what the runner asks of a version; the rest of it is not looked at
      openVersion: async () =>
        ({ columns, rows, parquetSha256: parquet.sha256, dataset: { name: 'Birds' } }) as never,
      createFromTable: async (table) => {
        made.push(table);
        return table.jobId ?? '';
      },
    },
  });

  const id = randomUUID();
  const chunks: DoneChunk[] = [];
  const begin = (stopAfter: number): RunningJob => {
    const controller = new AbortController();
    return {
      id,
      owner: 'user:x',
      kind: 'dataset.check',
      input: {
        datasetId: id,
        datasetVersion: 1,
        model: 'penguins',
        mapping: { island: 'island' },
        chunkRows,
      },
      signal: controller.signal,
      togetherMs: 0,
      chunks: async () => chunks,
      finishChunks: async (done) => {
        chunks.push(...done);
        if (chunks.length >= stopAfter) controller.abort();
      },
      setTotal: async () => undefined,
    };
  };

  await expect(runner.run(begin(1))).rejects.toThrow('aborted');
  expect(chunks.map(({ index }) => index)).toEqual([0]);
  expect(made).toEqual([]);
  const outcome = await runner.run(begin(Infinity));
  expect(chunks.map(({ index, rows, rowsFailed }) => [index, rows, rowsFailed])).toEqual([
    [0, 3, 1],
    [1, 3, 1],
    [2, 3, 1],
    [3, 1, 0],
  ]);
  expect(outcome.summary).toMatchObject({
    rows,
    rowsFailed: 3,
    causes: [{ field: 'island', rows: 3, firstRow: 3 }],
  });
  expect(made).toEqual([]);
  // the transaction is handed through
  await outcome.commit?.({} as Transaction);
  expect(made).toMatchObject([{ jobId: id, owner: 'user:x', table: { rows: 3 } }]);
});
