import { definePipeline } from '@oriel/schemas';
import { slow } from './contract.ts';

export const pipeline = definePipeline(slow, {
  inputs: [{ name: 'x', dtype: 'float32', dims: [null, 2] }],
  outputs: [{ name: 'y', dtype: 'float32', dims: [null, 2] }],
  batching: { batchSizeMax: 4 },
  preprocess({ value, busyMs }) {
    const until = performance.now() + busyMs;
    while (performance.now() < until);
    return { x: { dtype: 'float32', dims: [2], data: Float32Array.of(value, 0) } };
  },
  postprocess: ({ y }) => ({ doubled: Number(y?.data[0]) }),
});
