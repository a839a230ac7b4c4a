import type { AnyContract, CheckDatasetInput, Job, PredictDatasetInput } from '@oriel/schemas';
import type { Reach } from '../auth/principal.ts';
import type { ReadyVersion } from '../datasets/dataset-access.ts';
import type { ModelCaller, RunRequest } from '../datasets/prepare-run.ts';
import type { DatasetService } from '../datasets/service.ts';
import type { Tables } from '../datasets/table/table.ts';
import type { Engine } from '../engine/engine-types.ts';
import { AppError } from '../errors.ts';
import { getCallKey } from '../idempotency/call-key.ts';
import { type ChunkedRows, createChunkRows } from './chunk-rows.ts';
import { inputColumn, type PredictInput, predictInputSchema } from './predict-input.ts';
import type { JobRepository } from './repository.ts';
import type { JobService, NewJob } from './service.ts';
import type { CheckWebhook } from './webhook.ts';

interface Needs {
  readonly jobs: Pick<JobService, 'createOnce'>;
  readonly datasets: Pick<DatasetService, 'prepareRun' | 'openVersion' | 'createFromTable'>;
  readonly tables: Pick<Tables, 'write' | 'join'>;
  readonly engine: Pick<Engine, 'models' | 'findMicroFile'>;
  readonly contracts: Readonly<Record<string, AnyContract>>;
  readonly repository: Pick<JobRepository, 'find' | 'listChunks'>;
  readonly checkWebhook: CheckWebhook;
  /** Rows of a chunk, where rows are small and take a while. */
  readonly chunkRows: number;
}

interface RunOfVersion extends RunRequest {
  /** The default version without it. */
  readonly modelVersion?: string | undefined;
}

/** What belongs to a call rather than to what it asks for. */
export interface CallOptions {
  /** From the header; an input that has one has the same. */
  readonly idempotencyKey?: string | undefined;
}

interface PredictOptions extends CallOptions {
  /** Asked for before: that its webhook may not be called any more is no reason not to make the job. */
  readonly isScheduled?: boolean;
}

export interface PredictInputsRequest extends CallOptions {
  readonly model: string;
  readonly inputs: readonly unknown[];
}

export type DatasetJobs = ReturnType<typeof createDatasetJobs>;

/** Makes the jobs that bring datasets and models together. What they mean is settled here: versions, and the mapping. */
export function createDatasetJobs(needs: Needs) {
  const { jobs, datasets, tables, engine, contracts, repository, checkWebhook } = needs;
  const rowsOfChunk = createChunkRows(needs.chunkRows);
  return { prepare, predictDataset, checkDataset, predictInputs, retryFailed };

  /**
   * Settles what a job with a dataset and a model needs, and makes none.
   *
   * @throws AppError NOT_FOUND, DATASET_NOT_READY, MODEL_NOT_FOUND, MODEL_VERSION_NOT_FOUND, INPUT_INVALID, …
   */
  async function prepare(caller: ModelCaller, asked: RunOfVersion) {
    const prepared = await datasets.prepareRun(caller, asked);
    return { ...prepared, modelVersion: versionOf(prepared.contract, asked.modelVersion) };
  }

  /** @throws AppError NOT_FOUND, DATASET_NOT_READY, MODEL_NOT_FOUND, INPUT_INVALID, URL_REFUSED, JOB_LIMIT_REACHED, … */
  async function predictDataset(
    caller: ModelCaller,
    input: PredictDatasetInput,
    options: PredictOptions,
  ): Promise<Job> {
    const { idempotencyKey: own, ...asked } = input;
    const key = getCallKey({ own, header: options.idempotencyKey });
    const call = { operation: 'jobs.predictDataset', key, input: asked };
    return jobs.createOnce(caller.principal.owner, call, async () => {
      if (!options.isScheduled) checkWebhook(asked.webhook);
      const { source, contract, mapping, modelVersion } = await prepare(caller, asked);
      const { name } = source.dataset;
      const areQuick = isMicro(contract, modelVersion);
      const run = {
        datasetId: asked.datasetId,
        datasetVersion: source.version.version,
        model: contract.id,
        modelVersion,
        mapping,
        name: asked.name ?? `${name}: ${contract.id}`.slice(0, 200),
        keepColumns: asked.keepColumns,
        chunkRows: chunkRowsOf(contract, { ...sizeOf(source), areQuick }),
        areChunksOfGroups: areQuick,
        chargedTo: caller.principal.id,
      };
      const title = `Predict ${name} with ${contract.id}`;
      const { priority, webhook } = asked;
      return { ...toNewJob('dataset.predict', run, title), rowsTotal: source.rows, priority, webhook };
    });
  }

  /** @throws AppError NOT_FOUND, DATASET_NOT_READY, MODEL_NOT_FOUND, INPUT_INVALID, URL_REFUSED, JOB_LIMIT_REACHED, … */
  async function checkDataset(
    caller: ModelCaller,
    input: CheckDatasetInput,
    options: CallOptions,
  ): Promise<Job> {
    const { idempotencyKey: own, ...asked } = input;
    const key = getCallKey({ own, header: options.idempotencyKey });
    const call = { operation: 'jobs.checkDataset', key, input: asked };
    return jobs.createOnce(caller.principal.owner, call, async () => {
      checkWebhook(asked.webhook);
      const { source, contract, mapping, modelVersion } = await prepare(caller, asked);
      const about = {
        datasetId: asked.datasetId,
        datasetVersion: source.version.version,
        model: contract.id,
        modelVersion,
      };
      return {
        ...about,
        kind: 'dataset.check',
        // held against the contract only, no model runs
        input: {
          ...about,
          mapping,
          chunkRows: chunkRowsOf(contract, { ...sizeOf(source), areQuick: true }),
        },
        title: `Check ${source.dataset.name} against ${contract.id}`,
        rowsTotal: source.rows,
        priority: asked.priority,
        webhook: asked.webhook,
      };
    });
  }

  /**
   * Scores inputs that came with the call; they become a dataset first, so that nothing is lost with the process.
   *
   * @throws AppError MODEL_NOT_FOUND, JOB_LIMIT_REACHED, …
   */
  async function predictInputs(
    caller: ModelCaller,
    { model, inputs, idempotencyKey }: PredictInputsRequest,
    options: CallOptions,
  ): Promise<Job> {
    const { owner } = caller.principal;
    const contract = getContract(caller, model);
    const key = getCallKey({ own: idempotencyKey, header: options.idempotencyKey });
    const call = { operation: `models.${model}.predictMany`, key, input: inputs };
    return jobs.createOnce(owner, call, async () => {
      // JSON that came in is JSON that can be stored
      const rows = inputs.map((input) => ({ [inputColumn]: (input ?? null) as string }));
      const blob = await tables.write([{ name: inputColumn, type: 'json' }], rows);
      const name = `Inputs of ${model}`;
      const table = await tables.join([blob.sha256]);
      const run = {
        datasetVersion: 1,
        model,
        modelVersion: versionOf(contract),
        mapping: null,
        name: `Predictions of ${model}`,
        keepColumns: true,
        chunkRows: chunkRowsOf(contract, { rows: inputs.length, sizeBytes: blob.sizeBytes }),
        areChunksOfGroups: false,
        chargedTo: caller.principal.id,
      };
      const title = `Predict ${inputs.length} inputs with ${model}`;
      return async (tx) => {
        const datasetId = await datasets.createFromTable({ owner, name, table, jobId: null }, tx);
        return { ...toNewJob('inputs.predict', { ...run, datasetId }, title), rowsTotal: inputs.length };
      };
    });
  }

  /**
   * A new job for the rows of an ended one that have no output. It takes over what was scored, so that its results are
   * those of all rows.
   *
   * @throws AppError NOT_FOUND, JOB_TRANSITION_REFUSED when there is nothing to try again, MODEL_NOT_FOUND, …
   */
  async function retryFailed(caller: ModelCaller, id: string, options: CallOptions): Promise<Job> {
    const found = await repository.find(caller.reach, id);
    if (!found) throw new AppError('NOT_FOUND', `There is no job "${id}".`);
    const { job, owner, input } = found;
    if (!isScoring(job)) throw refused('only jobs that predict have rows to try again');
    if (job.finishedAt === null) throw refused(`it is ${job.state}: wait until it has ended, or cancel it`);
    if (job.state === 'succeeded' && job.progress.rowsFailed === 0) throw refused('no row of it failed');
    if ((await repository.listChunks(id)).length === 0 && job.progress.rowsDone > 0)
      throw refused('what it scored is no longer kept: predict the dataset again');
    const { progress, priority } = job;
    const rowsTotal = progress.rowsTotal ?? undefined;
    const call = { operation: `jobs.retryFailed ${id}`, key: options.idempotencyKey, input: null };
    return jobs.createOnce(owner, call, async () => {
      const earlier = predictInputSchema.parse(input);
      await checkStillAllowed(caller, owner, earlier);
      const run = { ...earlier, retryOf: id, chargedTo: caller.principal.id };
      return { ...toNewJob(job.kind, run, job.title), rowsTotal, priority, chunksOf: id };
    });
  }

  /** What was so when the earlier job was made: a dataset that its owner may read, and a model that the caller may use. */
  async function checkStillAllowed(caller: ModelCaller, owner: string, run: PredictInput): Promise<void> {
    versionOf(getContract(caller, run.model), run.modelVersion);
    // the results are the owner's, so an admin who helps lends it nothing
    const reach: Reach = caller.principal.owner === owner ? caller.reach : { kind: 'own', owner };
    await datasets.openVersion(reach, run.datasetId, run.datasetVersion);
  }

  function getContract({ principal }: ModelCaller, model: string): AnyContract {
    const contract = Object.hasOwn(contracts, model) ? contracts[model] : undefined;
    if (!contract || principal.models?.has(model) === false)
      throw new AppError('MODEL_NOT_FOUND', `There is no model "${model}".`);
    return contract;
  }

  /** @throws AppError MODEL_VERSION_NOT_FOUND, MODEL_NOT_READY */
  function versionOf({ id }: AnyContract, wanted?: string): string {
    const status = engine.models().find((model) => model.id === id);
    const version = wanted ?? status?.defaultVersion;
    if (version == null)
      throw new AppError('MODEL_NOT_READY', `The model "${id}" has no version to predict with.`);
    if (status && !status.versions.some((each) => each.version === version))
      throw new AppError('MODEL_VERSION_NOT_FOUND', `The model "${id}" has no version "${version}".`);
    return version;
  }

  function chunkRowsOf({ media }: AnyContract, rows: Omit<ChunkedRows, 'areImages'>): number {
    return rowsOfChunk({ ...rows, areImages: media !== undefined });
  }

  /** Such models score rows from file to file: see the chunk scorer. */
  function isMicro({ id }: AnyContract, version: string): boolean {
    const versions = engine.models().find((model) => model.id === id)?.versions ?? [];
    const isReady = versions.some((each) => each.version === version && each.state === 'ready');
    return isReady && engine.findMicroFile(id, version) !== null;
  }
}

function sizeOf({ version: { sizeBytes }, rows }: ReadyVersion): Pick<ChunkedRows, 'rows' | 'sizeBytes'> {
  return { rows, sizeBytes };
}

function toNewJob(kind: Job['kind'], input: PredictInput, title: string): NewJob {
  const { model, modelVersion, datasetId, datasetVersion } = input;
  return { kind, input, title, model, modelVersion, datasetId, datasetVersion };
}

function isScoring({ kind }: Job): boolean {
  return kind === 'dataset.predict' || kind === 'inputs.predict';
}

function refused(reason: string): AppError {
  return new AppError('JOB_TRANSITION_REFUSED', `The job cannot be tried again: ${reason}.`);
}
