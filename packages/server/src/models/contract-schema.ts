import type { AnyContract } from '@oriel/schemas';
import { z } from 'zod';

type JsonSchema = Record<string, unknown>;

/** The JSON Schema of a contract's input as callers write it, and of its output as they get it. */
export function toContractSchemas(contract: AnyContract): { input: JsonSchema; output: JsonSchema } {
  return { input: toJsonSchema(contract.input, 'input'), output: toJsonSchema(contract.output, 'output') };
}

/**
 * A zod schema as JSON Schema, draft 2020-12. A schema that JSON cannot express, such as uploaded bytes, says in
 * `meta({ override })` what stands for it on the wire.
 */
export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const json = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ jsonSchema }) {
      const { override } = jsonSchema;
      if (typeof override !== 'object' || override === null) return;
      delete jsonSchema.override;
      Object.assign(jsonSchema, override);
    },
  });
  return withoutIndirection(json);
}

/** zod moves a schema that has an id to `$defs`; the one asked for belongs at the top. */
function withoutIndirection({
  $ref,
  $defs = {},
  ...rest
}: JsonSchema & { $defs?: Record<string, JsonSchema> }): JsonSchema {
  const name = typeof $ref === 'string' ? $ref.replace('#/$defs/', '') : undefined;
  const { [name ?? '']: self = {}, ...others } = $defs;
  const { id: _id, ...schema } = { ...rest, ...self };
  return { ...schema, ...(Object.keys(others).length > 0 && { $defs: others }) };
}
