import { defineContract } from '@oriel/schemas';
import { z } from 'zod';

export const tinyMishaps = [
  'unusable',
  'throws',
  'odd-shape',
  'bad-output',
  'promise',
  'waits',
  'exits',
] as const;

/** Doubles a number on the event loop, unless it is told to misbehave. */
export const tiny = defineContract({
  id: 'tiny',
  title: 'Tiny',
  description: 'Doubles a number.',
  task: 'tabular',
  input: z.strictObject({
    value: z.number(),
    mishap: z.enum(tinyMishaps).optional(),
    /** How long preprocess computes. */
    busyMs: z.number().optional(),
  }),
  output: z.object({ doubled: z.number() }),
  examples: [{ title: 'one', input: { value: 1 } }],
});
