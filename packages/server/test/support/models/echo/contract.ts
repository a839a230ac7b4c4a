import { defineContract } from '@oriel/schemas';
import { z } from 'zod';

/** Gives back what it gets: version 1 twice, version 2 three times. */
export const echo = defineContract({
  id: 'echo',
  title: 'Echo',
  description: 'Multiplies a number.',
  task: 'tabular',
  input: z.strictObject({
    value: z.number(),
    note: z.string().optional(),
    bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array).optional(),
  }),
  output: z.object({ multiple: z.number(), byteCount: z.number() }),
  examples: [
    { title: 'one', input: { value: 1 } },
    { title: 'with bytes', input: { value: 2, bytes: Uint8Array.of(1, 2, 3) } },
  ],
});
