import { definePipeline, type Tensor } from '@oriel/schemas';
import { embeddingSize, encoder, tokenCount } from './contract.ts';

/** A batch of 8 is a fifth faster per item than single runs; 16 gain next to nothing over 8 and take twice as long. */
const batchSizeMax = 8;

export const pipeline = definePipeline(encoder, {
  inputs: [{ name: 'tokens', dtype: 'int64', dims: [null, tokenCount] }],
  outputs: [{ name: 'embedding', dtype: 'float32', dims: [null, embeddingSize] }],
  batching: { batchSizeMax },

  preprocess: ({ tokens }) => ({
    tokens: { dtype: 'int64', dims: [tokenCount], data: BigInt64Array.from(tokens, BigInt) },
  }),

  postprocess({ embedding }) {
    // start-up has checked that this output is there, and its dtype
    return { embedding: [...(embedding as Extract<Tensor, { dtype: 'float32' }>).data] };
  },
});
