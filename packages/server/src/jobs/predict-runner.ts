import { type AnyContract, columnMappingSchema, type ItemError, type JobKind } from '@oriel/schemas';
import { z } from 'zod';
import { columnsOfMapping, createRowMapper, type RowMapper } from '../datasets/map-row.ts';
import type { DatasetService } from '../datasets/service.ts';
import type { RawRow, Table, Tables } from '../datasets/table/table.ts';
import { forEachYielding } from '../datasets/yielding.ts';
import type { Transaction } from '../db/transaction.ts';
import type { BulkAnswer, Engine } from '../engine/engine-types.ts';
import { AppError } from '../errors.ts';
import type { DoneChunk, JobOutcome, JobRunner, RunningJob } from './job-runner.ts';
import { type OutputColumns, outputColumnsOf } from './output-columns.ts';

/** What a job that scores is to do: all of it settled when the job was made. */
export const predictInputSchema = z.object({
  datasetId: z.uuid(),
  datasetVersion: z.int().min(1),
  model: z.string(),
  modelVersion: z.string(),
  /** Null: each row has its input, as JSON, in the column {@link inputColumn}. */
  mapping: columnMappingSchema.nullable(),
  /** Of the results. */
  name: z.string(),
  keepColumns: z.boolean(),
  chunkRows: z.int().min(1),
  /** Whose quotas it counts for: the principal that asked for it. */
  chargedTo: z.string(),
  /** An earlier job of the same kind: rows that have a result there keep it. */
  retryOf: z.uuid().optional(),
});
export type PredictInput = z.infer<typeof predictInputSchema>;

export const inputColumn = 'input';

interface Needs {
  readonly kind: Extract<JobKind, 'dataset.predict' | 'inputs.predict'>;
  readonly tables: Pick<Tables, 'open' | 'write' | 'join'>;
  readonly datasets: Pick<DatasetService, 'openVersion' | 'createFromTable'>;
  readonly engine: Pick<Engine, 'predictBulk'>;
  readonly contracts: Readonly<Record<string, AnyContract>>;
  /** The chunks of another job. */
  readonly listChunks: (jobId: string) => Promise<readonly DoneChunk[]>;
  /** Told of the time that a job took on the threads. */
  readonly onComputed?: (principalId: string, computeMs: number) => void;
}

/** So that one chunk is read, and another written, while a third is on the threads. */
const chunksAtOnce = 3;
/** What a chunk that is at work when the job is to stop may still take. */
const graceMs = 5_000;

/** All that the chunks of one run have in common. */
interface Scoring {
  readonly input: PredictInput;
  readonly table: Table;
  readonly columns: readonly string[];
  readonly mapRow: RowMapper;
  readonly outputs: OutputColumns;
  /** By index: where earlier results of a chunk are. */
  readonly earlier: ReadonlyMap<number, string>;
  readonly signal: AbortSignal;
}

/**
 * Scores every row of a dataset. Results are written chunk by chunk; whoever takes the job over goes on with the chunks
 * that are not there. At the end they become one dataset, beside the columns that were scored.
 */
export function createPredictRunner(needs: Needs): JobRunner {
  const { kind, tables, datasets, engine, contracts, listChunks, onComputed } = needs;
  return { kind, run };

  async function run(job: RunningJob): Promise<JobOutcome> {
    const input = predictInputSchema.parse(job.input);
    const contract = getContract(input.model);
    // whether its owner may read the dataset was settled when the job was made
    const source = await datasets.openVersion({ kind: 'all' }, input.datasetId, input.datasetVersion);
    const mapRow = input.mapping ? createRowMapper(contract, source.columns, input.mapping) : inputOfRow;
    const outputs = outputColumnsOf(contract);
    await job.setTotal(source.rows);
    await using table = await tables.open(source.parquetSha256);
    await scoreChunks(job, {
      input,
      table,
      columns: input.mapping ? columnsOfMapping(input.mapping) : [inputColumn],
      mapRow,
      outputs,
      earlier: await earlierChunks(input),
      signal: abortedLater(job.signal),
    });
    const base = input.keepColumns ? { parquetSha256: source.parquetSha256 } : undefined;
    return toOutcome(job, input, outputs, base);
  }

  function getContract(model: string): AnyContract {
    const contract = Object.hasOwn(contracts, model) ? contracts[model] : undefined;
    if (!contract) throw new AppError('MODEL_NOT_FOUND', `There is no model "${model}" any more.`);
    return contract;
  }

  async function earlierChunks({ retryOf }: PredictInput): Promise<ReadonlyMap<number, string>> {
    if (retryOf === undefined) return new Map();
    const chunks = await listChunks(retryOf);
    return new Map(chunks.flatMap(({ index, sha256 }) => (sha256 === null ? [] : [[index, sha256]])));
  }

  async function scoreChunks(job: RunningJob, scoring: Scoring): Promise<void> {
    const { table, input } = scoring;
    const isDone = new Set((await job.chunks()).map(({ index }) => index));
    const count = Math.ceil(table.rows / input.chunkRows);
    const wanted = Array.from({ length: count }, (_, index) => index).filter((index) => !isDone.has(index));
    await inLanes(wanted, chunksAtOnce, async (index) => {
      job.signal.throwIfAborted();
      await job.finishChunk({ index, ...(await scoreChunk(scoring, index)) });
    });
  }

  async function scoreChunk(scoring: Scoring, index: number): Promise<Omit<DoneChunk, 'index'>> {
    const { table, columns, outputs, input } = scoring;
    const range = { offset: index * input.chunkRows, limit: input.chunkRows };
    const rows = await table.readRange({ ...range, columns });
    const results = await readEarlier(scoring, index);
    const places = results.length === rows.length ? failedPlaces(results, outputs) : [...rows.keys()];
    const answers = await predict(
      scoring,
      places.map((place) => rows[place] ?? {}),
    );
    let rowsFailed = 0;
    await forEachYielding(answers, (answer, at) => {
      if (!answer.ok) rowsFailed += 1;
      results[places[at] ?? 0] = answer.ok
        ? outputs.toRow(answer.output)
        : outputs.toFailedRow(toItemError(answer.error));
    });
    const { sha256 } = await tables.write(outputs.columns, results);
    return { sha256, rows: rows.length, rowsFailed };
  }

  async function readEarlier({ earlier, input }: Scoring, index: number): Promise<RawRow[]> {
    const sha256 = earlier.get(index);
    if (sha256 === undefined) return [];
    await using table = await tables.open(sha256);
    // awaited here: the table closes when this function ends
    return await table.readRange({ offset: 0, limit: input.chunkRows });
  }

  async function predict(scoring: Scoring, rows: readonly RawRow[]): Promise<readonly BulkAnswer[]> {
    const { input, mapRow, signal } = scoring;
    const inputs: unknown[] = [];
    await forEachYielding(rows, (row) => inputs.push(mapRow(row)));
    return engine.predictBulk({
      model: input.model,
      version: input.modelVersion,
      inputs,
      signal,
      onComputed: (computeMs) => onComputed?.(input.chargedTo, computeMs),
    });
  }

  async function toOutcome(
    { id: jobId, owner, chunks }: RunningJob,
    { name, model, modelVersion }: PredictInput,
    outputs: OutputColumns,
    base: { parquetSha256: string } | undefined,
  ): Promise<JobOutcome> {
    const done = await chunks();
    const parts = done.flatMap(({ sha256 }) => sha256 ?? []);
    // of no rows there are no chunks, and still columns
    if (parts.length === 0) parts.push((await tables.write(outputs.columns, [])).sha256);
    const table = await tables.join(parts, base);
    const description = `What ${model} (version ${modelVersion}) made of each row.`;
    const results = { owner, jobId, table, name, description };
    return {
      resultsId: jobId,
      summary: {
        rows: done.reduce((sum, { rows }) => sum + rows, 0),
        rowsFailed: done.reduce((sum, { rowsFailed }) => sum + rowsFailed, 0),
      },
      commit: async (tx: Transaction) => void (await datasets.createFromTable(results, tx)),
    };
  }
}

/** Does `work` for each, in order of start, so many at once; what fails lets those that were begun end first. */
async function inLanes<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const failures: unknown[] = [];
  const lane = async () => {
    for (const item of rest) {
      if (failures.length > 0) return;
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failures.length > 0) throw failures[0];
}

function inputOfRow(row: RawRow): Record<string, unknown> {
  // written by us, of inputs that were objects: anything else is left for the contract to refuse
  return row[inputColumn] as Record<string, unknown>;
}

function failedPlaces(results: readonly RawRow[], { errorColumn }: OutputColumns): number[] {
  return [...results.keys()].filter((place) => results[place]?.[errorColumn] !== null);
}

function toItemError({ code, message }: AppError): ItemError {
  return { code, message };
}

/** A signal that is aborted a while after another, so that what is nearly done can be finished. */
function abortedLater(signal: AbortSignal): AbortSignal {
  const later = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => later.abort(), graceMs).unref(), { once: true });
  return later.signal;
}
