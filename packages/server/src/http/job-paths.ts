import { exportFormatSchema } from '@oriel/schemas';
import { type DoorOperation, exportedFiles } from './dataset-paths.ts';

type Json = Record<string, unknown>;
type Paths = Readonly<Record<string, Readonly<Record<string, Json>>>>;

const id = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } };
const job = { 'application/json': { schema: { $ref: '#/components/schemas/Job' } } };

/** What http/job-door.ts serves besides procedures, for the API's document. */
export function jobOperations(): DoorOperation[] {
  return [
    {
      path: '/jobs/{id}/events',
      method: 'get',
      scope: 'jobs:read',
      errorStatuses: [400, 404, 503],
      operation: {
        operationId: 'watchJob',
        tags: ['jobs'],
        summary: 'Watch a job',
        description:
          'Server-sent events: the job at each revision, whose number is the id of the event. Ends after the last. A stream that broke goes on after the event that `Last-Event-ID` names, without a gap or a repeat.',
        parameters: [
          id,
          header('last-event-id', 'The last event that arrived.'),
          {
            name: 'lastEventId',
            in: 'query',
            description: 'The same, for callers that cannot set a header; the header comes first.',
            schema: { type: 'string' },
          },
        ],
        responses: {
          '200': {
            description: 'The events',
            content: { 'text/event-stream': { schema: { type: 'string' } } },
          },
          '204': { description: 'The job has ended, and the caller has its last event.' },
        },
      },
    },
    {
      path: '/jobs/{id}/results',
      method: 'get',
      scope: 'jobs:read',
      errorStatuses: [400, 404, 409, 503],
      operation: {
        operationId: 'getJobResults',
        tags: ['jobs'],
        summary: 'Download the results of a job',
        description:
          'Leads to the export of the dataset that it made, with the same query: `columns`, `filter` and `sort` select rows there too.',
        parameters: [
          id,
          {
            name: 'format',
            in: 'query',
            schema: { type: 'string', enum: exportFormatSchema.options, default: 'csv' },
          },
        ],
        responses: {
          '200': {
            description: 'The rows, for callers that follow redirects',
            content: exportedFiles,
          },
          '307': {
            description: 'Where the results are',
            headers: { location: { schema: { type: 'string' } } },
          },
        },
      },
    },
  ];
}

/** Adds what HTTP has its own words for to the operations of procedures. */
export function describeJobHeaders(paths: Paths, modelIds: readonly string[]): void {
  const key = header('idempotency-key', 'The same key and body make one job, within a day.');
  for (const path of ['/jobs/predict-dataset', '/jobs/check-dataset', '/jobs/{id}/retry-failed', '/datasets'])
    addParameters(paths[path]?.post, [key]);

  const get = paths['/jobs/{id}']?.get;
  addParameters(get, [
    header(
      'if-none-match',
      'The ETags that the caller has, or `*`: answered 304 as long as the job is the same.',
    ),
    header('prefer', 'Waits for a change, e.g. `wait=20`; at most 30 seconds.'),
  ]);
  addResponse(get, '304', { description: 'The job is as the caller has it.' });

  for (const modelId of modelIds) {
    const many = paths[`/models/${modelId}/predict-many`]?.post;
    addParameters(many, [
      header(
        'prefer',
        '`respond-async`: answers at once with a job, for callers with the scope `jobs:write`.',
      ),
      key,
    ]);
    addResponse(many, '202', {
      description: 'A job that predicts, where `respond-async` was preferred',
      headers: { location: { description: 'Where it is.', schema: { type: 'string' } } },
      content: job,
    });
  }
}

function addParameters(operation: Json | undefined, parameters: readonly Json[]): void {
  if (operation)
    operation.parameters = [...((operation.parameters as Json[] | undefined) ?? []), ...parameters];
}

function addResponse(operation: Json | undefined, status: string, response: Json): void {
  if (operation) operation.responses = { ...Object(operation.responses), [status]: response };
}

function header(name: string, description: string): Json {
  return { name, in: 'header', description, schema: { type: 'string' } };
}
