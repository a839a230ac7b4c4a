import { defineContract } from '@oriel/schemas';
import { z } from 'zod';

/** Keeps its thread busy for as long as asked. */
export const slow = defineContract({
  id: 'slow',
  title: 'Slow',
  description: 'Takes its time.',
  task: 'tabular',
  input: z.strictObject({ value: z.number(), busyMs: z.number() }),
  output: z.object({ doubled: z.number() }),
  examples: [{ title: 'quick', input: { value: 1, busyMs: 0 } }],
});
