import type { z } from 'zod';
import { toJsonSchema } from '../models/contract-schema.ts';

type Coerce = (text: string) => unknown;

/**
 * How the texts of a query or path become the numbers and booleans that their fields expect. A text that is no number
 * stays a text, so that the schema refuses it by name. The schema itself is never changed: other doors share it.
 *
 * @param schema - none where nothing is expected
 * @returns the function, and the names of the fields
 */
export function queryCoercion(schema: z.ZodType | undefined) {
  const { properties } = schema ? toJsonSchema(schema, 'input') : {};
  const coercions = new Map<string, Coerce>();
  if (typeof properties === 'object' && properties !== null) {
    for (const [name, property] of Object.entries(properties)) coercions.set(name, coercionOf(property));
  }
  const coerce = (texts: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [
        name,
        typeof text === 'string' ? (coercions.get(name) ?? asIs)(text) : text,
      ]),
    );
  return { coerce, names: [...coercions.keys()] };
}

/** As JSON writes them: no blanks, no hexadecimal. */
const numberPattern = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const asIs: Coerce = (text) => text;
const asNumber: Coerce = (text) =>
  numberPattern.test(text) && Number.isFinite(Number(text)) ? Number(text) : text;
const asBoolean: Coerce = (text) => (text === 'true' ? true : text === 'false' ? false : text);

function coercionOf(property: unknown): Coerce {
  const type =
    typeof property === 'object' && property !== null && 'type' in property ? property.type : undefined;
  if (type === 'integer' || type === 'number') return asNumber;
  return type === 'boolean' ? asBoolean : asIs;
}
