import { definePipeline } from '@oriel/schemas';
import { classCount, mobilenet, side } from './contract.ts';
import { bestFive, plainBytes } from './tensors.ts';

export const pipeline = definePipeline(mobilenet, {
  inputs: [{ name: 'pixels', dtype: 'uint8', dims: [null, side, side, 3] }],
  outputs: [{ name: 'scores', dtype: 'float32', dims: [null, classCount] }],
  // more are no faster per image, since their activations do not fit the caches; two share one hand-over
  batching: { batchSizeMax: 2 },

  preprocess: ({ pixels }) => ({
    pixels: { dtype: 'uint8', dims: [side, side, 3], data: plainBytes(pixels) },
  }),

  postprocess: ({ scores }) => bestFive(scores),
});
