import type { AnyContract, JobKind } from '@oriel/schemas';
import type { DatasetService } from '../datasets/service.ts';
import type { JoinBase, Table, Tables } from '../datasets/table/table.ts';
import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { type ChunkRange, rangesByGroups, rangesByRows } from './chunks/chunk-ranges.ts';
import type { ChunkScorer } from './chunks/chunk-scorer.ts';
import { doChunks } from './chunks/do-chunks.ts';
import { type DoneChunk, type JobOutcome, type JobRunner, type RunningJob, sumOf } from './job-runner.ts';
import { type OutputColumns, outputColumnsOf } from './output-columns.ts';
import { type PredictInput, predictInputSchema } from './predict-input.ts';

interface Needs {
  readonly kind: Extract<JobKind, 'dataset.predict' | 'inputs.predict'>;
  readonly tables: Pick<Tables, 'open' | 'write' | 'join'>;
  readonly datasets: Pick<
    DatasetService,
    'openVersion' | 'findProfile' | 'createFromTable' | 'completeProfile'
  >;
  readonly contracts: Readonly<Record<string, AnyContract>>;
  readonly scorer: ChunkScorer;
  /** The chunks of another job. */
  readonly listChunks: (jobId: string) => Promise<readonly DoneChunk[]>;
}

/** What a chunk that is at work when the job is to stop may still take. */
const graceMs = 5_000;

/**
 * Scores every row of a dataset. Results are written chunk by chunk; whoever takes the job over goes on with the chunks
 * that are not there. At the end they become one dataset, beside the columns that were scored.
 */
export function createPredictRunner(needs: Needs): JobRunner {
  const { kind, tables, datasets, contracts, scorer, listChunks } = needs;
  return { kind, run };

  async function run(job: RunningJob): Promise<JobOutcome> {
    const input = predictInputSchema.parse(job.input);
    const contract = getContract(input.model);
    // whether its owner may read the dataset was settled when the job was made
    const source = await datasets.openVersion({ kind: 'all' }, input.datasetId, input.datasetVersion);
    const outputs = outputColumnsOf(contract);
    scorer.begin(input, source.rows);
    await job.setTotal(source.rows);
    await using table = await tables.open(source.parquetSha256);
    const ranges = await rangesOf(table, input);
    const scoreChunk = scorer.open({
      input,
      contract,
      table,
      ranges,
      outputs,
      earlier: await earlierChunks(input),
      signal: abortedLater(job.signal),
    });
    await doChunks(job, { ranges, atOnce: scorer.chunksAtOnce }, scoreChunk);
    const base = input.keepColumns ? await baseOf(input, source.parquetSha256) : undefined;
    return toOutcome(job, input, outputs, base);
  }

  async function baseOf({ datasetId, datasetVersion }: PredictInput, parquetSha256: string) {
    const profile = await datasets.findProfile(datasetId, datasetVersion);
    return { parquetSha256, profile: profile?.columns };
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

  async function toOutcome(
    { id: jobId, owner, chunks, signal }: RunningJob,
    { name, model, modelVersion }: PredictInput,
    outputs: OutputColumns,
    base: JoinBase | undefined,
  ): Promise<JobOutcome> {
    const done = await chunks();
    const parts = done.flatMap(({ sha256 }) => sha256 ?? []);
    // of no rows there are no chunks, and still columns
    if (parts.length === 0) parts.push((await tables.write(outputs.columns, [])).sha256);
    const table = await tables.join(parts, base, (files) => scorer.splice(files, signal));
    const description = `What ${model} (version ${modelVersion}) made of each row.`;
    const results = { owner, jobId, table, name, description };
    return {
      resultsId: jobId,
      summary: sumOf(done),
      commit: async (tx: Transaction) => void (await datasets.createFromTable(results, tx)),
      afterwards: (stopping) => datasets.completeProfile(jobId, stopping),
    };
  }
}

/** The same on whichever process the job goes on: they follow from the file, and from what was settled when it was made. */
async function rangesOf(table: Table, { chunkRows, areChunksOfGroups }: PredictInput): Promise<ChunkRange[]> {
  if (!areChunksOfGroups) return rangesByRows(table.rows, chunkRows);
  return rangesByGroups(await table.readGroups(), chunkRows);
}

/** A signal that is aborted a while after another, so that what is nearly done can be finished. */
function abortedLater(signal: AbortSignal): AbortSignal {
  const later = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => later.abort(), graceMs).unref(), { once: true });
  return later.signal;
}
