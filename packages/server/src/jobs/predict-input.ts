import { columnMappingSchema } from '@oriel/schemas';
import { z } from 'zod';

/** What a job that scores is to do: all of it settled when the job was made. */
export const predictInputSchema = z.object({
  datasetId: z.uuid(),
  datasetVersion: z.int().min(1),
  model: z.string(),
  modelVersion: z.string(),
  /** Null: each row has its input, as JSON, in the column {@link inputColumn}. */
  mapping: columnMappingSchema.nullable(),
  /** Of the results. */
  name: z.string(),
  keepColumns: z.boolean(),
  chunkRows: z.int().min(1),
  /** Whether chunks end where groups of rows of the file end. Not those of jobs that were made before they could. */
  areChunksOfGroups: z.boolean().default(false),
  /** Whose quotas it counts for: the principal that asked for it. */
  chargedTo: z.string(),
  /** An earlier job of the same kind: rows that have a result there keep it. */
  retryOf: z.uuid().optional(),
});
export type PredictInput = z.infer<typeof predictInputSchema>;

export const inputColumn = 'input';
