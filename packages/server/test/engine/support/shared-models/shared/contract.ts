import { defineContract } from '@oriel/schemas';
import { z } from 'zod';

/** Multiplies by a weight that lies in a file of its own: version 1 beside the model, version 2 outside of its folder. */
export const shared = defineContract({
  id: 'shared',
  title: 'Shared weights',
  description: 'Multiplies a number.',
  task: 'tabular',
  input: z.strictObject({ value: z.number() }),
  output: z.object({ product: z.number() }),
  examples: [{ title: 'one', input: { value: 1 } }],
});
