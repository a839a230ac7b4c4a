import { definePipeline } from '@oriel/schemas';
import { heavy } from './contract.ts';

export const pipeline = definePipeline(heavy, {
  inputs: [{ name: 'size', dtype: 'int64', dims: [2] }],
  outputs: [{ name: 'y', dtype: 'float32', dims: [1, 1] }],
  batching: { batchSizeMax: 1 },
  preprocess: ({ size }) => ({
    size: { dtype: 'int64', dims: [2], data: BigInt64Array.of(BigInt(size), BigInt(size)) },
  }),
  // the shape has no batch axis: one item is the batch
  collate: ([item]) => item ?? {},
  postprocess: ({ y }) => ({ largest: Number(y?.data[0]) }),
});
