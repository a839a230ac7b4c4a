import { defineContract } from '@oriel/schemas';
import { z } from 'zod';

/** Every way in which one input can go wrong, by name. */
export const mishaps = [
  'unusable',
  'throws',
  'odd-shape',
  'run-fails',
  'nan',
  'bad-output',
  'postprocess-throws',
  'exits',
  'throws-outside',
  'leaves-error-behind',
  'exhausts-heap',
  'exhausts-heap-in-strides',
  'leaks',
  'hangs',
  'never-resolves',
] as const;
export type Mishap = (typeof mishaps)[number];

/** Doubles a number, unless it is asked for a mishap. */
export const fragile = defineContract({
  id: 'fragile',
  title: 'Fragile',
  description: 'Doubles a number, or fails as asked.',
  task: 'tabular',
  input: z.strictObject({ value: z.number(), mishap: z.enum(mishaps).optional() }),
  output: z.object({ doubled: z.number() }),
  examples: [{ title: 'one', input: { value: 1 } }],
});
