import { datasetFormatSchema, type ItemError } from '@oriel/schemas';
import { z } from 'zod';
import type { Transaction } from '../db/transaction.ts';
import type { JobRunner, RunningJob } from '../jobs/job-runner.ts';
import { schemaChanges } from './table/schema-changes.ts';
import type { Tables } from './table/table.ts';
import type { VersionRepository } from './version-repository.ts';

/** What a job of the kind `dataset.import` is to do. */
export const importInputSchema = z.strictObject({
  datasetId: z.uuid(),
  version: z.int().min(1),
  /** Null: found out. */
  format: datasetFormatSchema.nullable(),
});
export type ImportInput = z.infer<typeof importInputSchema>;

interface Needs {
  readonly tables: Pick<Tables, 'import'>;
  readonly versions: Pick<VersionRepository, 'find' | 'findBefore' | 'finish' | 'fail'>;
  readonly now?: () => Date;
}

/**
 * Reads what was uploaded as a table. The version is ready in the transaction that ends the job, and not before; one
 * whose job ended otherwise is failed, with its reason: see {@link createFailedImports}.
 */
export function createImportRunner({ tables, versions, now = () => new Date() }: Needs): JobRunner {
  return { kind: 'dataset.import', run };

  async function run({ input, signal }: RunningJob) {
    const { datasetId, version, format } = importInputSchema.parse(input);
    const stored = await versions.find(datasetId, version);
    // its dataset was removed for good, or the job was done and its end got lost
    if (stored?.version.state !== 'importing') return {};
    const { sourceSha256: sha256, sizeBytes, sourceName: name } = stored.version;
    const table = await tables.import({ sha256, sizeBytes }, { name, signal, ...(format && { format }) });
    const before = await versions.findBefore(datasetId, version);
    const changes = before && schemaChanges(before.version.columns, table.columns);
    return {
      summary: { datasetId, version, rows: table.rows, columns: table.columns.length },
      commit: (tx: Transaction) => versions.finish(datasetId, version, { table, changes, at: now() }, tx),
    };
  }
}

/** A job that ended. */
interface EndedJob {
  readonly kind: string;
  readonly input: unknown;
  readonly state: string;
  readonly error: ItemError | null;
}

/** What is to be done, in the same transaction, when a job ends without success: its version says why. */
export function createFailedImports(versions: Pick<VersionRepository, 'fail'>) {
  return async ({ kind, input, state, error }: EndedJob, tx: Transaction): Promise<void> => {
    if (kind !== 'dataset.import' || state === 'succeeded') return;
    const { datasetId, version } = importInputSchema.parse(input);
    await versions.fail(datasetId, version, error ?? cancelled, tx);
  };
}

const cancelled: ItemError = {
  code: 'REQUEST_CANCELLED',
  message: 'Reading the file was cancelled. Upload it again as a new version.',
};
