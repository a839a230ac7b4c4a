import { defineContract } from '@oriel/schemas';
import { z } from 'zod';

export const pixelCount = 28 * 28;
export const classCount = 10;

/** A digit as many peers take it: 784 numbers in JSON. What it costs is mostly the reading of those numbers. */
export const pixels = defineContract({
  id: 'pixels',
  title: 'Digit from numbers',
  description: 'A digit given as 784 grey values. The weights are random: for measuring only.',
  task: 'image',
  input: z.strictObject({ pixels: z.array(z.number().min(0).max(1)).length(pixelCount) }),
  output: z.object({
    digit: z.int().min(0).max(9),
    probabilities: z.array(z.number().min(0).max(1)).length(classCount),
  }),
  examples: [
    {
      title: 'A slope',
      input: {
        pixels: Array.from({ length: pixelCount }, (_, i) => Math.round((i / pixelCount) * 255) / 255),
      },
    },
  ],
});
