import { defineContract } from '@oriel/schemas';
import { z } from 'zod';

/** Multiplies square matrices: keeps its thread inside `session.run`, 0.1 s for a size of 1000. */
export const heavy = defineContract({
  id: 'heavy',
  title: 'Heavy',
  description: 'Computes for long.',
  task: 'tabular',
  input: z.strictObject({ size: z.int() }),
  output: z.object({ largest: z.number() }),
  examples: [{ title: 'light', input: { size: 2 } }],
});
