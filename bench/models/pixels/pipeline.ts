import { definePipeline, type Tensor } from '@oriel/schemas';
import { classCount, pixels } from './contract.ts';

const side = 28;

export const pipeline = definePipeline(pixels, {
  inputs: [{ name: 'image', dtype: 'float32', dims: [null, 1, side, side] }],
  outputs: [{ name: 'probabilities', dtype: 'float32', dims: [null, classCount] }],
  // 40 microseconds, whatever the digit
  batching: { batchSizeMax: 32, micro: true },

  preprocess: (input) => ({
    image: { dtype: 'float32', dims: [1, side, side], data: Float32Array.from(input.pixels) },
  }),

  postprocess({ probabilities }) {
    // start-up has checked that this output is there, and its dtype
    const shares = [...(probabilities as Extract<Tensor, { dtype: 'float32' }>).data];
    return { digit: shares.indexOf(Math.max(...shares)), probabilities: shares };
  },
});
