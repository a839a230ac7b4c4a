import type { Dataset, ErrorCode, ErrorIssue } from '@oriel/schemas';

/** A file that arrived whole and could not be read as rows: the message says what is wrong, and where. */
export class DatasetImportError extends Error {
  override readonly name = 'DatasetImportError';
  readonly dataset: Dataset;
  readonly code: ErrorCode;
  readonly issues: readonly ErrorIssue[];

  constructor(dataset: Dataset) {
    const { error, sourceName } = dataset.latest;
    super(error?.message ?? `${sourceName} could not be imported.`);
    this.dataset = dataset;
    this.code = error?.code ?? 'INTERNAL';
    this.issues = error?.issues ?? [];
  }
}
