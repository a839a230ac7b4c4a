import { z } from 'zod';
import {
  type AnyContract,
  type ObjectSchema,
  type OutputOf,
  typeNameOf,
  type WireInputOf,
  type WireOutputOf,
} from './contract.ts';
import { errorCodeSchema, type ItemError, itemErrorSchema } from './errors.ts';
import { modelVersionSchema } from './model.ts';
import { plainText } from './plain-text.ts';
import { time } from './time.ts';

/** Most inputs in one predict-many request. */
export const predictManyMax = 1000;

const milliseconds = z.number().nonnegative();

export const timingSchema = z
  .object({
    queueMs: milliseconds.meta({ description: 'Waited for a free thread, in milliseconds.' }),
    computeMs: milliseconds.meta({
      description: 'Preprocessing, the model and postprocessing of its batch, in milliseconds.',
    }),
    totalMs: milliseconds.meta({
      description: 'From the arrival of the request to its answer, in milliseconds.',
    }),
  })
  .meta({ id: 'Timing', description: 'Where the time of a prediction went.' });
export type Timing = z.infer<typeof timingSchema>;

export const requestIdSchema = z
  .string()
  .meta({ description: 'Id of the request: the same in the logs, the records and the headers.' });

/** The answer to one prediction, typed by the model's contract. */
export interface PredictAnswer<Id extends string, Output> {
  model: Id;
  version: string;
  output: Output;
  requestId: string;
  timing: Timing;
  cached: boolean;
}

/** One result of predict-many, in the order of the inputs. */
export type PredictManyItem<Output> =
  | { ok: true; output: Output; cached: boolean }
  | { ok: false; error: ItemError };

export interface PredictManyAnswer<Id extends string, Output> {
  model: Id;
  version: string;
  results: PredictManyItem<Output>[];
  requestId: string;
  timing: Timing;
}

/** The schemas of a model's procedures, made from its contract. */
export function predictSchemas<C extends AnyContract>(contract: C) {
  const name = typeNameOf(contract.id);
  const model = z.literal(contract.id as C['id']);
  const output: ObjectSchema<WireOutputOf<C>, OutputOf<C>> = contract.output;
  const answer = z
    .object({
      model,
      version: modelVersionSchema,
      output,
      requestId: requestIdSchema,
      timing: timingSchema,
      cached: z
        .boolean()
        .meta({ description: 'Whether the output was computed for an earlier, equal input.' }),
    })
    .meta({ id: `${name}Prediction`, description: `A prediction of ${contract.id}.` });
  const manyAnswer = z
    .object({
      model,
      version: modelVersionSchema,
      results: z
        .array(
          z.discriminatedUnion('ok', [
            z.object({ ok: z.literal(true), output, cached: z.boolean() }),
            z.object({ ok: z.literal(false), error: itemErrorSchema }),
          ]),
        )
        .meta({ description: 'One result for each input, in the order of the inputs.' }),
      requestId: requestIdSchema,
      timing: timingSchema,
    })
    .meta({ id: `${name}Predictions`, description: `Predictions of ${contract.id}, one for each input.` });
  return { answer, manyAnswer };
}

/** What a caller sends to predict-many. */
export interface PredictManyInput<C extends AnyContract> {
  inputs: WireInputOf<C>[];
}

export const predictionOutcomeSchema = z
  .enum(['succeeded', 'failed'])
  .meta({ id: 'PredictionOutcome', description: 'How a prediction ended.' });

export const predictionRecordSchema = z
  .object({
    id: z.uuid(),
    createdAt: time,
    requestId: requestIdSchema,
    model: z.string(),
    modelVersion: z.string(),
    outcome: predictionOutcomeSchema,
    errorCode: errorCodeSchema.nullable(),
    caller: z.string().meta({ description: 'Who called.' }),
    door: z.enum(['trpc', 'rest']).meta({ description: 'Which API was called.' }),
    cached: z.boolean(),
    batchSize: z
      .int()
      .meta({ description: 'How many inputs were computed together; 0 for a cached answer.' }),
    timing: timingSchema,
    input: z.unknown().meta({ description: 'A bounded copy of the input; files only by size and hash.' }),
    output: z.unknown().meta({ description: 'A bounded copy of the output.' }),
    truncated: z.boolean().meta({ description: 'Whether the copies were cut.' }),
  })
  .meta({ id: 'PredictionRecord', description: 'One prediction as recorded for monitoring.' });
export type PredictionRecord = z.infer<typeof predictionRecordSchema>;

export const listPredictionsInputSchema = z.strictObject({
  model: plainText(64).min(1).meta({ description: 'Only predictions of this model.' }).optional(),
  outcome: z
    .enum(['succeeded', 'failed'])
    .meta({ description: 'Only predictions that ended so.' })
    .optional(),
  from: z.iso
    .datetime({ offset: true })
    .meta({ description: 'Only predictions at or after this time (RFC 3339).' })
    .optional(),
  to: z.iso
    .datetime({ offset: true })
    .meta({ description: 'Only predictions before this time (RFC 3339).' })
    .optional(),
  limit: z.int().min(1).max(200).default(50).meta({ description: 'Most records on one page.' }),
  cursor: z.uuid().meta({ description: 'The `nextCursor` of the page before.' }).optional(),
});
export type ListPredictionsInput = z.infer<typeof listPredictionsInputSchema>;

export const predictionPageSchema = z
  .object({
    items: z.array(predictionRecordSchema),
    nextCursor: z.uuid().nullable().meta({ description: 'Cursor of the next page; null on the last.' }),
  })
  .meta({ id: 'PredictionPage', description: 'A page of predictions, newest first.' });
export type PredictionPage = z.infer<typeof predictionPageSchema>;
