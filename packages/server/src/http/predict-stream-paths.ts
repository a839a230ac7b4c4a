import { type AnyContract, modelVersionSchema } from '@oriel/schemas';
import { toJsonSchema } from '../models/contract-schema.ts';
import type { DoorOperation } from './dataset-paths.ts';

const text = { schema: { type: 'string' } };

/** What http/predict-stream-door.ts serves of a model, for the API's document: lines, which no procedure describes. */
export function predictStreamOperation({ id, title, examples }: AnyContract): DoorOperation {
  const lines = examples.map(({ input }) => `${JSON.stringify(input)}\n`).join('');
  return {
    path: `/models/${id}/predict-stream`,
    method: 'post',
    scope: 'predict',
    errorStatuses: [400, 404, 413, 415, 503],
    operation: {
      operationId: `predict-${id}-stream`,
      tags: [id],
      summary: `Predict rows with ${title} as they come`,
      description:
        'Rows in, one on each line as JSON, or a CSV whose header names the fields; a line of JSON out for each, in the same order, while rows still come: ' +
        '`{"ok":true,"output":…}`, or `{"ok":false,"line":3,"error":{…}}` for a row that failed, which does not stop the others. ' +
        'What ends the stream early is said in a last line with `"ended":true`. Whoever does not read is not read from. ' +
        'Each thousand rows count as a request.',
      parameters: [
        {
          name: 'version',
          in: 'query',
          description: 'A version of the model; left out: the default.',
          schema: toJsonSchema(modelVersionSchema, 'input'),
        },
      ],
      requestBody: {
        required: true,
        content: {
          'application/x-ndjson': {
            ...text,
            examples: { examples: { summary: 'All examples', value: lines } },
          },
          'text/csv': text,
        },
      },
      responses: { '200': { description: 'A line for each row', content: { 'application/x-ndjson': text } } },
    },
  };
}
