import { quickParse } from '@oriel/schemas';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import { toInputError } from '../input-error.ts';
import { refused } from './refused.ts';

/** What an extension means that is not offered here: to take no notice would answer something else than was asked. */
const notOffered = (extension: string) =>
  z.undefined({ error: `belongs to the ${extension} extension, which is not offered here` }).optional();

// clients add parameters of their own, and say null where they say nothing
const inputParameters = z.looseObject({
  binary_data_size: z.int().nonnegative().optional(),
  shared_memory_region: notOffered('shared memory'),
});
const outputParameters = z.looseObject({
  binary_data: z.boolean().optional(),
  classification: notOffered('classification'),
  shared_memory_region: notOffered('shared memory'),
});

/** More inputs or outputs than models have, and more axes than tensors have. */
const tensorsMax = 1000;
const axesMax = 64;

/**
 * A list that is not looked into when it is too long: each item that is wrong costs hundreds of bytes to tell of, and a body
 * has room for millions.
 */
const listOf = <Item extends z.ZodType>(item: Item, lengthMax: number) =>
  z.array(z.unknown()).max(lengthMax).pipe(z.array(item));

/**
 * An inference request, but for the values: `data` is whatever it is, since there are too many values for a schema.
 *
 * @see Open Inference Protocol v2, "Inference Request JSON Object"
 */
const requestSchema = z.looseObject({
  id: z.string().nullish(),
  parameters: z.looseObject({ binary_data_output: z.boolean().optional() }).nullish(),
  inputs: listOf(
    z.looseObject({
      name: z.string(),
      shape: listOf(z.int().nonnegative(), axesMax),
      datatype: z.string(),
      parameters: inputParameters.nullish(),
      data: z.unknown().optional(),
    }),
    tensorsMax,
  ),
  outputs: listOf(
    z.looseObject({ name: z.string(), parameters: outputParameters.nullish() }),
    tensorsMax,
  ).nullish(),
});

export type InferenceRequest = z.infer<typeof requestSchema>;

/** A request as it came: what is JSON of it, and the bytes behind that. */
export interface InferenceBody {
  /** Undefined, which no JSON is, where the body is one tensor and nothing else. */
  readonly json: unknown;
  readonly binary: Uint8Array;
}

/** @throws AppError INPUT_INVALID */
export function parseRequest(json: unknown): InferenceRequest {
  const parsed = quickParse(requestSchema, json);
  if (parsed.success) return parsed.data;
  throw toInputError(parsed.error);
}

export const headerLengthHeader = 'inference-header-content-length';

/**
 * How long the JSON is that a body begins with; undefined where it is nothing but JSON.
 *
 * @throws AppError INPUT_INVALID
 */
export function readHeaderLength(value: string | readonly string[] | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value);
  const message = 'must be the length of the JSON that the body begins with, in bytes';
  throw refused([headerLengthHeader], 'header', message);
}

/**
 * The two parts of a body.
 *
 * @throws AppError INPUT_INVALID, BODY_MALFORMED
 */
export function splitBody(body: Uint8Array, headerLength: number) {
  if (headerLength > body.byteLength) {
    const message = `must be at most the length of the body, ${body.byteLength} bytes; it is ${headerLength}`;
    throw refused([headerLengthHeader], 'header', message);
  }
  if (body.byteLength === 0)
    throw new AppError('BODY_MALFORMED', 'The body is empty: it must hold an inference request.');
  return { head: body.subarray(0, headerLength), binary: body.subarray(headerLength) };
}
