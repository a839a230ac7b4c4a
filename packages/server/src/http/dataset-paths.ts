import { exportRowsInputSchema, uploadDetailsSchema } from '@oriel/schemas';
import { toJsonSchema } from '../models/contract-schema.ts';

type Json = Record<string, unknown>;

/** An operation that is no procedure, and the scope that it asks for. */
export interface DoorOperation {
  readonly path: string;
  readonly method: 'get' | 'post';
  readonly scope: 'datasets:read' | 'datasets:write' | 'jobs:read' | 'predict';
  readonly errorStatuses: readonly number[];
  readonly operation: Json;
}

const binary = (mediaType: string) => ({ schema: { type: 'string', contentMediaType: mediaType } });
/** The content of an export, one for each format. */
export const exportedFiles = {
  'text/csv': binary('text/csv'),
  'application/x-ndjson': binary('application/x-ndjson'),
  'application/vnd.apache.parquet': binary('application/vnd.apache.parquet'),
};
const exportedFile = { description: 'The file', content: exportedFiles };
const dataset = { $ref: '#/components/schemas/Dataset' };

/** What http/upload-door.ts and http/export-door.ts serve, for the API's document: files, which no procedure describes. */
export function datasetOperations(): DoorOperation[] {
  const details = withComponents(toJsonSchema(uploadDetailsSchema, 'input'));
  const selection = withComponents(toJsonSchema(exportRowsInputSchema, 'input'));
  const body = withComponents(toJsonSchema(exportRowsInputSchema.omit({ id: true }), 'input'));
  return [
    {
      path: '/datasets/upload',
      method: 'post',
      scope: 'datasets:write',
      errorStatuses: [400, 404, 408, 409, 413, 415, 422, 503],
      operation: {
        operationId: 'uploadDataset',
        tags: ['datasets'],
        summary: 'Upload a file as a dataset',
        description:
          'CSV, TSV, JSON, NDJSON, Parquet, or a ZIP of images; as the body itself or in a form. It is stored as it arrives, then read; the answer comes when that is done, or after the seconds of `Prefer: wait` (ten without it): `latest` is the version that this upload made, and `latest.state` says which. Safe to send again with the same `Idempotency-Key`.',
        parameters: [
          ...parametersOf(details, { tags: 'Tags with commas between them.' }),
          header('idempotency-key', 'The same key and file make one dataset.'),
          header(
            'prefer',
            'How long to wait for the rows to be read, e.g. `wait=30`; at most 30 seconds. `respond-async`: not at all.',
          ),
          header('content-digest', 'SHA-256 of the body (RFC 9530); another body is refused.'),
          header('x-content-sha256', 'SHA-256 of the file, unpacked, in hex; another file is refused.'),
        ],
        requestBody: {
          required: true,
          content: {
            'text/csv': binary('text/csv'),
            'application/octet-stream': binary('application/octet-stream'),
            'multipart/form-data': {
              schema: {
                type: 'object',
                properties: {
                  file: { type: 'string', contentMediaType: 'application/octet-stream' },
                  ...Object(details.properties),
                  tags: { type: 'string', description: 'Tags with commas between them.' },
                },
                required: ['file'],
              },
            },
          },
        },
        responses: {
          '201': {
            description: 'The dataset',
            headers: { location: { description: 'Where it is.', schema: { type: 'string' } } },
            content: { 'application/json': { schema: dataset } },
          },
        },
      },
    },
    {
      path: '/datasets/{id}/export',
      method: 'get',
      scope: 'datasets:read',
      errorStatuses: [400, 404, 409, 422, 503],
      operation: {
        operationId: 'exportDataset',
        tags: ['datasets'],
        summary: 'Download rows of a dataset',
        description:
          'As a stream. In CSV, texts that a spreadsheet would take for a formula begin with an apostrophe. What is too long for a URL goes with POST.',
        parameters: parametersOf(selection, {
          columns: 'A JSON list of names. Left out: all.',
          filter: 'A RowFilter, as JSON.',
          sort: 'A JSON list of `{ column, order }`. Left out: the order of the file.',
        }),
        responses: { '200': exportedFile },
      },
    },
    {
      path: '/datasets/{id}/export',
      method: 'post',
      scope: 'datasets:read',
      errorStatuses: [400, 404, 409, 413, 415, 422, 503],
      operation: {
        operationId: 'queryDatasetExport',
        tags: ['datasets'],
        summary: 'Download rows of a dataset, selected in the body',
        description: 'The file that GET gives, for a selection that is too long for a URL.',
        parameters: parametersOf(toJsonSchema(exportRowsInputSchema.pick({ id: true }), 'input'), {}),
        requestBody: {
          required: true,
          content: { 'application/json': { schema: body } },
        },
        responses: { '200': exportedFile },
      },
    },
  ];
}

/** Schemas with a name are components of the document: procedures use all of these too. */
function withComponents({ $schema: _dialect, $defs: _defs, ...schema }: Json): Json {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));
}

/** @param texts - fields that come as one text, and what is in it */
function parametersOf(schema: Json, texts: Readonly<Record<string, string>>): Json[] {
  return Object.entries(Object(schema.properties) as Record<string, Json>).map(([name, property]) => {
    const { description, ...plain } = property;
    const text = texts[name];
    return {
      name,
      in: name === 'id' ? 'path' : 'query',
      ...(name === 'id' && { required: true }),
      ...((text ?? description) !== undefined && { description: text ?? description }),
      schema: text === undefined ? plain : { type: 'string' },
    };
  });
}

function header(name: string, description: string): Json {
  return { name, in: 'header', description, schema: { type: 'string' } };
}
