import { defineContract } from '@oriel/schemas';
import { z } from 'zod';

export const vocabularySize = 30_522;
export const tokenCount = 32;
export const embeddingSize = 384;

/** Tokens to one vector, in the shape of MiniLM-L6: 6 layers of 384, 12 heads. */
export const encoder = defineContract({
  id: 'encoder',
  title: 'Text encoder',
  description: 'An embedding of 32 tokens. The weights are random: for measuring only.',
  task: 'text',
  input: z.strictObject({
    tokens: z
      .array(
        z
          .int()
          .min(0)
          .max(vocabularySize - 1),
      )
      .length(tokenCount),
  }),
  output: z.object({ embedding: z.array(z.number()).length(embeddingSize) }),
  examples: [
    {
      title: 'Some tokens',
      input: { tokens: Array.from({ length: tokenCount }, (_, i) => (i * 7919) % vocabularySize) },
    },
  ],
});
