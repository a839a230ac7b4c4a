import type { CreateDatasetInput, GetJobInput, Job, UploadDetails } from '@oriel/schemas';
import type { AuditActor } from '../auth/audit/service.ts';
import type { Reach } from '../auth/principal.ts';
import type { Transact, Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { getCallKey } from '../idempotency/call-key.ts';
import type { Finish, Idempotency } from '../idempotency/idempotency.ts';
import { withUrlField } from '../net/outbound-url.ts';
import type { Blob, BlobStorage } from '../storage/blob-storage.ts';
import { createUuidV7 } from '../uuid-v7.ts';
import { type DatasetAccess, datasetNotFound } from './dataset-access.ts';
import type { ImportInput } from './import-runner.ts';
import type { DatasetRepository } from './repository.ts';
import { formatOfName, toDatasetName } from './source-name.ts';
import type { StoreSource } from './store-source.ts';
import type { VersionRepository } from './version-repository.ts';

/** Who asks, and how far it reaches. The context of a procedure is one. */
export interface Caller extends AuditActor {
  readonly principal: { readonly id: string; readonly owner: string };
  readonly reach: Reach;
}

/** Bytes that are stored, and not a dataset yet. */
export interface Source {
  readonly blob: Blob;
  readonly sourceName: string;
}

export interface IntakeOptions {
  readonly idempotencyKey?: string | undefined;
  /** Waits so long for the rows to be read: small files are ready when the answer comes. */
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface UploadOptions extends IntakeOptions {
  /** What it is to be a new version of, where that is known before it is read. */
  readonly datasetId?: string | undefined;
}

interface NewImport {
  readonly kind: 'dataset.import';
  readonly input: ImportInput;
  readonly title: string;
  readonly datasetId: string;
  readonly datasetVersion: number;
}

/** What the service of jobs does for datasets. */
interface ImportJobs {
  create(owner: string, job: NewImport, options: { tx?: Transaction }): Promise<Job>;
  waitFor(reach: Reach, query: GetJobInput): Promise<Job>;
}

export interface IntakeNeeds {
  readonly access: DatasetAccess;
  readonly datasets: Pick<DatasetRepository, 'insert'>;
  readonly versions: Pick<VersionRepository, 'insertNext'>;
  readonly storage: Pick<BlobStorage, 'write'>;
  readonly storeSource: StoreSource;
  readonly jobs: ImportJobs;
  readonly idempotency: Pick<Idempotency, 'once'>;
  readonly transact: Transact;
  readonly uploadBytesMax: number;
  readonly now: () => Date;
}

/** What came: a version of its own, whatever else is sent to the dataset meanwhile. */
export interface TakenVersion {
  /** Of the dataset. */
  readonly id: string;
  readonly version: number;
}

/** Takes in what becomes a dataset: stores the bytes, then makes the dataset and the job that reads it at once. */
export function createIntake(needs: IntakeNeeds) {
  const { access, datasets, versions, storage, storeSource, jobs, idempotency, transact, now } = needs;
  /** Uploads that arrive in this process, by owner and key. */
  const arriving = new Set<string>();
  return { create, upload };

  async function create(
    caller: Caller,
    input: CreateDatasetInput,
    options: IntakeOptions,
  ): Promise<TakenVersion> {
    const { idempotencyKey, rows, url, ...details } = input;
    if ((rows === undefined) === (url === undefined)) throw oneSourceWanted();
    const key = getCallKey({ own: idempotencyKey, header: options.idempotencyKey });
    await checkTarget(caller, details);
    const { owner } = caller.principal;
    const call = { owner, operation: 'datasets.create', key, input: { rows, url, ...details } };
    const { id: jobId } = await idempotency.once(call, async (finish) => {
      const source = rows
        ? await storeSource.ofRows(rows)
        : await storeSource.ofUrl(url ?? '', options.signal).catch((error: unknown) => {
            throw withUrlField(error, ['url']);
          });
      return add(caller, source, details, finish);
    });
    return untilRead(owner, jobId, options.waitMs);
  }

  /**
   * @param receive - reads the upload and stores its file with `store`, which is as slow as its sender
   */
  async function upload(
    caller: Caller,
    options: UploadOptions,
    receive: (
      store: (bytes: AsyncIterable<Uint8Array>) => Promise<Blob>,
    ) => Promise<Source & { details: UploadDetails }>,
  ): Promise<TakenVersion> {
    const { owner } = caller.principal;
    const { idempotencyKey: key, waitMs, signal } = options;
    using _held = hold(owner, key);
    await checkTarget(caller, options);
    const limits = { sizeBytesMax: needs.uploadBytesMax, ...(signal && { signal }) };
    const { details, ...source } = await receive((bytes) => storage.write(bytes, limits));
    await checkTarget(caller, details);
    // the same bytes under another name are another input
    const input = { ...details, sha256: source.blob.sha256, name: details.name ?? source.sourceName };
    const call = { owner, operation: 'datasets.upload', key, input };
    const { id: jobId } = await idempotency.once(call, (finish) => add(caller, source, details, finish));
    return untilRead(owner, jobId, waitMs);
  }

  /** A dataset of one's own that is to get a new version; told before anything is stored. */
  async function checkTarget(
    { reach }: Caller,
    { datasetId }: Pick<UploadDetails, 'datasetId'>,
  ): Promise<void> {
    if (datasetId !== undefined) await access.getWritable(reach, datasetId);
  }

  /** Until its bytes are known, two uploads with one key cannot be told apart: the second waits for the first. */
  function hold(owner: string, key: string | undefined): Disposable {
    if (key === undefined) return { [Symbol.dispose]: () => undefined };
    const held = `${owner} ${key}`;
    if (arriving.has(held))
      throw new AppError(
        'IDEMPOTENCY_KEY_IN_FLIGHT',
        `An upload with the idempotency key "${key}" is still arriving. Send it again when that one is done.`,
        { retryAfterS: 1 },
      );
    arriving.add(held);
    return { [Symbol.dispose]: () => void arriving.delete(held) };
  }

  /** @returns the id of the job that reads it, which says for good what was made: of which dataset, and which version */
  function add(caller: Caller, source: Source, details: UploadDetails, finish: Finish) {
    const { owner } = caller.principal;
    const { blob, sourceName } = source;
    const { datasetId, format, name = toDatasetName(sourceName), description, tags } = details;
    const id = datasetId ?? createUuidV7();
    const createdAt = now();
    return transact(async (tx) => {
      if (datasetId === undefined)
        await datasets.insert({ id, owner, name, description, tags, jobId: null, createdAt }, tx);
      const file = { sourceName, sourceSha256: blob.sha256, sizeBytes: blob.sizeBytes, createdAt };
      const version = await versions.insertNext(
        id,
        { ...file, format: format ?? formatOfName(sourceName) },
        tx,
      );
      if (version === null) throw datasetNotFound(id);
      const job: NewImport = {
        kind: 'dataset.import',
        input: { datasetId: id, version, format: format ?? null },
        title: `Read ${sourceName}`,
        datasetId: id,
        datasetVersion: version,
      };
      const { id: jobId } = await jobs.create(owner, job, { tx });
      await finish(jobId, tx);
      return jobId;
    });
  }

  /** Waits until the job has ended, at most so long, and tells what it reads. */
  async function untilRead(owner: string, id: string, ms: number): Promise<TakenVersion> {
    const until = performance.now() + ms;
    let revision: number | undefined;
    for (;;) {
      const waitS = Math.max(0, Math.min(waitSMax, Math.round((until - performance.now()) / 1000)));
      const job = await jobs.waitFor({ kind: 'own', owner }, { id, waitS, revision });
      if (job.finishedAt !== null || waitS === 0) return toTaken(job);
      revision = job.revision;
    }
  }
}

function toTaken({ id, datasetId, datasetVersion }: Job): TakenVersion {
  if (datasetId === null || datasetVersion === null) throw new Error(`the job ${id} reads no dataset`);
  return { id: datasetId, version: datasetVersion };
}

/** The longest that one look at a job may last. */
const waitSMax = 30;

function oneSourceWanted(): AppError {
  const message = 'must be there, or `url`, and not both';
  return new AppError('INPUT_INVALID', `The input is not valid. rows: ${message}`, {
    issues: [{ path: ['rows'], rule: 'one_of', message }],
  });
}
