import { definePipeline } from '@oriel/schemas';
import { echo } from './contract.ts';

export const pipeline = definePipeline(echo, {
  inputs: [{ name: 'x', dtype: 'float32', dims: [null, 2] }],
  outputs: [{ name: 'y', dtype: 'float32', dims: [null, 2] }],
  batching: { batchSizeMax: 8 },
  preprocess: ({ value, bytes }) => ({
    x: { dtype: 'float32', dims: [2], data: Float32Array.of(value, bytes?.length ?? 0) },
  }),
  postprocess: ({ y }) => ({ multiple: Number(y?.data[0]), byteCount: Number(y?.data[1]) }),
});
