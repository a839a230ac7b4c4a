import type { ColumnMapping, Dataset } from '@oriel/schemas';
import type { NodeClient } from '../node/node-client.ts';
import { createRandomId } from '../random-id.ts';
import { readPairs, required } from './arguments.ts';
import { chooseMapping } from './choose-mapping.ts';
import { toInputFormat } from './formats.ts';
import { type Terminal, UsageError } from './terminal.ts';
import { uploadFile } from './upload-file.ts';
import { safeText } from './words.ts';

/** Options of commands that give a model the rows of a file. */
export const rowsOptions = {
  model: { type: 'string', short: 'm' },
  'model-version': { type: 'string' },
  input: { type: 'string', short: 'i' },
  'input-format': { type: 'string' },
  dataset: { type: 'string' },
  map: { type: 'string', multiple: true },
} as const;

interface RowsValues {
  readonly model?: string | undefined;
  readonly 'model-version'?: string | undefined;
  readonly input?: string | undefined;
  readonly 'input-format'?: string | undefined;
  readonly dataset?: string | undefined;
  readonly map?: readonly string[] | undefined;
}

export const rowsHelp = `  -m, --model <id>             which model, e.g. penguins
  -i, --input <file>           CSV, TSV, JSON, NDJSON, Parquet, images in a ZIP or a folder; - for
                               standard input
      --dataset <id>           a dataset that is on the server, in place of --input
      --input-format <format>  where the file's name does not say it
      --model-version <v>      the default version without it
      --map <field>=<column>   which column fills a field of the model; may be given for each field.
                               The server proposes what is not said`;

/** What of the arguments can be wrong, checked before anything is sent. */
export function readRowsValues(values: RowsValues) {
  // what is empty is a variable that is not set
  const input = values.input || undefined;
  const dataset = values.dataset || undefined;
  const model = required(values.model, '--model');
  if ((input === undefined) === (dataset === undefined))
    throw new UsageError('Say which rows: with --input <file> or with --dataset <id>.');
  const file =
    input === undefined ? null : { path: input, format: toInputFormat(values['input-format'], input) };
  const said = readPairs(values.map);
  return { model, modelVersion: values['model-version'], file, datasetId: dataset ?? '', said };
}

export type Rows = ReturnType<typeof readRowsValues>;

/** What a job over these rows is made of. */
export interface RowsJobInput {
  readonly datasetId: string;
  readonly datasetVersion: number;
  readonly model: string;
  readonly modelVersion?: string;
  readonly mapping: ColumnMapping;
  /** Of this run: a request that is sent again makes no second job. */
  readonly idempotencyKey: string;
}

/**
 * Uploads the file, unless the rows are on the server already.
 *
 * @param onStored - told of what was uploaded, also where it is never used
 */
export async function findRows(
  client: NodeClient,
  { model, modelVersion, file, datasetId }: Rows,
  terminal: Terminal,
  onStored?: (dataset: Dataset) => void,
): Promise<Dataset> {
  const { signal } = terminal;
  // a model or a version that is not there is known before much has been sent
  const { versions } = await client.models.get.query({ id: model }, { signal });
  if (modelVersion !== undefined && !versions.some(({ version }) => version === modelVersion)) {
    const known = versions.map(({ version }) => version).join(', ');
    throw new UsageError(`${model} has no version "${modelVersion}". There are: ${safeText(known)}.`);
  }
  if (!file) return findStored(client, datasetId, signal);
  return uploadFile(client, { ...file, ...(onStored && { onStored }) }, terminal);
}

/** A dataset of the server, at its latest version that is ready: a newer one may be read just now, or be broken. */
async function findStored(client: NodeClient, id: string, signal: AbortSignal): Promise<Dataset> {
  const dataset = await client.datasets.get.query({ id }, { signal });
  if (dataset.latest.state === 'ready') return dataset;
  const { items } = await client.datasets.versions.query({ id }, { signal });
  // where none is ready, the server says why
  return { ...dataset, latest: items.find(({ state }) => state === 'ready') ?? dataset.latest };
}

/** Finds which column fills which field. */
export async function toJobInput(
  client: NodeClient,
  dataset: Dataset,
  { model, modelVersion, said }: Rows,
  terminal: Terminal,
): Promise<RowsJobInput> {
  const mapping = await chooseMapping(client, { dataset, model, said }, terminal);
  return {
    datasetId: dataset.id,
    datasetVersion: dataset.latest.version,
    model,
    ...(modelVersion !== undefined && { modelVersion }),
    mapping,
    idempotencyKey: createRandomId(),
  };
}
