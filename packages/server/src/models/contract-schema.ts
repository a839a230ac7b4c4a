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
  // a standalone document needs no id, and one with an id would clash with the API document's components
  const { id: _id, ...rest } = json;
  return rest;
}
