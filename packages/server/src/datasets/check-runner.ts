import { type AnyContract, type CheckSummary, columnMappingSchema, quickParse } from '@oriel/schemas';
import { z } from 'zod';
import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { DoneChunk, JobOutcome, JobRunner, RunningJob } from '../jobs/job-runner.ts';
import { createCauseCount, reportColumns, toReportRows } from './check-report.ts';
import { columnsOfMapping, createRowMapper, type RowMapper } from './map-row.ts';
import type { DatasetService } from './service.ts';
import type { RawRow, Table, Tables } from './table/table.ts';
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

/** Images are read a few at a time: each may have many megabytes. */
const imageRowsMax = 8;

interface Needs {
  readonly tables: Pick<Tables, 'open' | 'write' | 'join'>;
  readonly datasets: Pick<DatasetService, 'openVersion' | 'createFromTable'>;
  readonly contracts: Readonly<Record<string, AnyContract>>;
}

/**
 * Holds every row of a dataset against a model's contract. What fails is written down as it goes, chunk by chunk, so that
 * another process can go on from there; the report is a dataset like any other.
 */
export function createCheckRunner({ tables, datasets, contracts }: Needs): JobRunner {
  return { kind: 'dataset.check', run };

  async function run(job: RunningJob): Promise<JobOutcome> {
    const input = checkInputSchema.parse(job.input);
    const { model, mapping } = input;
    const contract = Object.hasOwn(contracts, model) ? contracts[model] : undefined;
    if (!contract) throw new AppError('MODEL_NOT_FOUND', `There is no model "${model}".`);
    // whether its owner may read the dataset was settled when the job was made
    const source = await datasets.openVersion({ kind: 'all' }, input.datasetId, input.datasetVersion);
    const mapRow = createRowMapper(contract, source.columns, mapping);
    await job.setTotal(source.rows);
    await using table = await tables.open(source.parquetSha256);
    const columns = columnsOfMapping(mapping);
    const done = await checkChunks(job, { table, contract, mapRow, columns, input });
    return toOutcome(job, done, source.dataset.name, input);
  }

  async function checkChunks(job: RunningJob, checking: Checking): Promise<readonly DoneChunk[]> {
    const { table, input } = checking;
    const isDone = new Set((await job.chunks()).map(({ index }) => index));
    for (let index = 0; index * input.chunkRows < table.rows; index += 1) {
      if (isDone.has(index)) continue;
      job.signal.throwIfAborted();
      await job.finishChunk({ index, ...(await checkChunk(checking, index)) });
    }
    return job.chunks();
  }

  async function checkChunk({ table, contract, mapRow, columns, input }: Checking, index: number) {
    const { chunkRows } = input;
    const hasImages = table.columns.some(({ name, type }) => type === 'image' && columns.includes(name));
    const step = hasImages ? imageRowsMax : chunkRows;
    const start = index * chunkRows;
    const end = Math.min(table.rows, start + chunkRows);
    const faults: RawRow[] = [];
    let rowsFailed = 0;
    for (let offset = start; offset < end; offset += step) {
      const rows = await table.readRange({ offset, limit: Math.min(step, end - offset), columns });
      await forEachYielding(rows, (row, place) => {
        const item = mapRow(row);
        const parsed = quickParse(contract.input, item);
        if (parsed.success) return;
        rowsFailed += 1;
        faults.push(...toReportRows(offset + place + 1, item, parsed.error));
      });
    }
    const sha256 = faults.length > 0 ? (await tables.write(reportColumns, faults)).sha256 : null;
    return { sha256, rows: end - start, rowsFailed };
  }

  async function toOutcome(
    { id: jobId, owner }: RunningJob,
    chunks: readonly DoneChunk[],
    name: string,
    { model, chunkRows }: CheckInput,
  ): Promise<JobOutcome> {
    const parts = chunks.flatMap(({ sha256 }) => sha256 ?? []);
    const summary: CheckSummary = {
      rows: chunks.reduce((sum, { rows }) => sum + rows, 0),
      rowsFailed: chunks.reduce((sum, { rowsFailed }) => sum + rowsFailed, 0),
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

interface Checking {
  readonly table: Table;
  readonly input: CheckInput;
  readonly contract: AnyContract;
  readonly mapRow: RowMapper;
  readonly columns: readonly string[];
}
