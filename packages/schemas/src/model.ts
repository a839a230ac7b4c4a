import { z } from 'zod';

export const modelIdSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,62}$/,
    'must be a model id: lower-case letters, digits and hyphens, a letter first',
  )
  .meta({ description: 'Id of a model.', example: 'penguins' });

export const modelVersionSchema = z
  .string()
  .regex(/^[1-9][0-9]{0,8}$/, 'must be a version: a whole number from 1')
  .meta({ description: 'Version of a model: a whole number.', example: '1' });

export const modelTaskSchema = z
  .enum(['tabular', 'text', 'image'])
  .meta({ id: 'ModelTask', description: 'The kind of data a model reads.' });

export const modelStateSchema = z.enum(['loading', 'ready', 'failed']).meta({
  id: 'ModelState',
  description: '`ready` once the model agrees with its contract and has answered its warm-up.',
});

export const tensorSpecSchema = z
  .object({
    name: z.string(),
    dtype: z.enum(['float32', 'float64', 'int32', 'int64', 'uint8', 'bool', 'string']),
    dims: z
      .array(z.int().nullable())
      .meta({ description: 'Length of each axis, outermost first; null where any length goes.' }),
  })
  .meta({ id: 'TensorSpec', description: 'One input or output tensor of a model.' });

export const modelVersionInfoSchema = z
  .object({
    version: modelVersionSchema,
    state: modelStateSchema,
    reason: z.string().optional().meta({ description: 'Why the version failed.' }),
    sizeBytes: z.int().meta({ description: 'Size of the ONNX file in bytes.' }),
    inputs: z.array(tensorSpecSchema),
    outputs: z.array(tensorSpecSchema),
  })
  .meta({ id: 'ModelVersion', description: 'One version of a model.' });

export const modelSummarySchema = z
  .object({
    id: modelIdSchema,
    title: z.string(),
    description: z.string(),
    task: modelTaskSchema,
    defaultVersion: modelVersionSchema
      .nullable()
      .meta({ description: 'The version that answers when none is asked for.' }),
    state: modelStateSchema.meta({ description: 'State of the default version.' }),
  })
  .meta({ id: 'ModelSummary', description: 'A served model, shortly.' });
export type ModelSummary = z.infer<typeof modelSummarySchema>;

/** A JSON Schema, draft 2020-12. */
export const jsonSchemaSchema = z
  .record(z.string(), z.unknown())
  .meta({ id: 'JsonSchema', description: 'A JSON Schema, draft 2020-12.' });

export const modelDetailSchema = modelSummarySchema
  .extend({
    versions: z.array(modelVersionInfoSchema),
    batchSizeMax: z.int().meta({ description: 'Most inputs that are computed together.' }),
    contract: z.object({
      input: jsonSchemaSchema,
      output: jsonSchemaSchema,
      examples: z.array(z.object({ title: z.string(), input: z.unknown() })),
      media: z
        .object({ field: z.string(), types: z.array(z.string()) })
        .optional()
        .meta({ description: 'The input field that may be sent as the bytes of a file.' }),
    }),
    card: z.string().nullable().meta({ description: 'The model card, in Markdown.' }),
  })
  .meta({ id: 'ModelDetail', description: 'A served model with its contract, versions, tensors and card.' });
export type ModelDetail = z.infer<typeof modelDetailSchema>;
