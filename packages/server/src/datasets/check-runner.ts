import { type AnyContract, type CheckSummary, columnMappingSchema } from '@oriel/schemas';
import { z } from 'zod';
import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { type ChunkRange, rangesByRows } from '../jobs/chunks/chunk-ranges.ts';
import type { ChunkThreads } from '../jobs/chunks/chunk-threads.ts';
import { doChunks } from '../jobs/chunks/do-chunks.ts';
import {
  type DoneChunk,
  type JobOutcome,
  type JobRunner,
  type RunningJob,
  sumOf,
} from '../jobs/job-runner.ts';
import { createCauseCount } from './check-report.ts';
import type { DatasetService } from './service.ts';
import type { Tables } from './table/table.ts';
import { forEachYielding } from './yielding.ts';

/** What a job of the kind `dataset.check` is to do: all of it settled when the job was made. */
export const checkInputSchema = z.object({
  datasetId: z.uuid(),
  datasetVersion: z.int().min(1),
  model: z.string(),
  mapping: columnMappingSchema,
  /** Rows of a chunk: chunks are numbered by it, so that it stays whatever the settings become. */
  chunkRows: z.int().min(1),
});

type CheckInput = z.infer<typeof checkInputSchema>;

interface Needs {
  readonly tables: Pick<Tables, 'open' | 'writeWith' | 'join'>;
  readonly threads: Pick<ChunkThreads, 'threads' | 'run'>;
  readonly datasets: Pick<DatasetService, 'openVersion' | 'createFromTable'>;
  readonly contracts: Readonly<Record<string, AnyContract>>;
}

/**
 * Holds every row of a dataset against a model's contract. What fails is written down as it goes, chunk by chunk, so that
 * another process can go on from there; the report is a dataset like any other.
 */
export function createCheckRunner({ tables, threads, datasets, contracts }: Needs): JobRunner {
  return { kind: 'dataset.check', run };

  async function run(job: RunningJob): Promise<JobOutcome> {
    const input = checkInputSchema.parse(job.input);
    const { model, mapping, chunkRows } = input;
    if (!Object.hasOwn(contracts, model))
      throw new AppError('MODEL_NOT_FOUND', `There is no model "${model}".`);
    // whether its owner may read the dataset was settled when the job was made
    const source = await datasets.openVersion({ kind: 'all' }, input.datasetId, input.datasetVersion);
    await job.setTotal(source.rows);
    await using table = await tables.open(source.parquetSha256);
    const { path, columns } = table;
    const ranges = rangesByRows(table.rows, chunkRows);
    await doChunks(job, { ranges, atOnce: threads.threads }, async (index) => {
      // only chunks that there are, are checked
      const range = ranges[index] as ChunkRange;
      const { blob, rows, rowsFailed } = await tables.writeWith(({ folder, path: to }) =>
        threads.run({ kind: 'check', model, path, columns, mapping, ...range, folder, to }, job.signal),
      );
      return { sha256: blob?.sha256 ?? null, rows, rowsFailed };
    });
    return toOutcome(job, await job.chunks(), source.dataset.name, input);
  }

  async function toOutcome(
    { id: jobId, owner }: RunningJob,
    chunks: readonly DoneChunk[],
    name: string,
    { model, chunkRows }: CheckInput,
  ): Promise<JobOutcome> {
    const parts = chunks.flatMap(({ sha256 }) => sha256 ?? []);
    const summary: CheckSummary = {
      ...sumOf(chunks),
      causes: await countCauses(parts, chunkRows),
    };
    if (parts.length === 0) return { summary };
    const table = await tables.join(parts);
    const report = { owner, jobId, table, name: `${name}: rows that ${model} refuses` };
    return {
      resultsId: jobId,
      summary,
      commit: async (tx: Transaction) => void (await datasets.createFromTable(report, tx)),
    };
  }

  async function countCauses(parts: readonly string[], rowsAtOnce: number) {
    const causes = createCauseCount();
    for (const part of parts) {
      await using table = await tables.open(part);
      for (let offset = 0; offset < table.rows; offset += rowsAtOnce)
        await forEachYielding(await table.readRange({ offset, limit: rowsAtOnce }), causes.add);
    }
    return causes.list();
  }
}
