import { definePipeline } from '@oriel/schemas';
import { shared } from './contract.ts';

export const pipeline = definePipeline(shared, {
  inputs: [{ name: 'x', dtype: 'float32', dims: [null, 1] }],
  outputs: [{ name: 'y', dtype: 'float32', dims: [null, 256] }],
  batching: { batchSizeMax: 4 },
  session: { sharedWeights: true },
  preprocess: ({ value }) => ({ x: { dtype: 'float32', dims: [1], data: Float32Array.of(value) } }),
  postprocess: ({ y }) => ({ product: Number(y?.data[255]) }),
});
