import { definePipeline, InputError } from '@oriel/schemas';
import sharp from 'sharp';
import { classCount, side } from '../mobilenet/contract.ts';
import { bestFive, plainBytes } from '../mobilenet/tensors.ts';
import { photo } from './contract.ts';

// each worker thread decodes one image at a time; sharp's own threads and cache would only add memory
sharp.concurrency(1);
sharp.cache(false);

/** Refuses a small file that would decode to gigabytes. */
const pixelsMax = 16_000_000;

export const pipeline = definePipeline(photo, {
  inputs: [{ name: 'pixels', dtype: 'uint8', dims: [null, side, side, 3] }],
  outputs: [{ name: 'scores', dtype: 'float32', dims: [null, classCount] }],
  // more than one, so that the next image is decoded while one is computed
  batching: { batchSizeMax: 2 },

  async preprocess({ image }) {
    const data = plainBytes(await decode(image));
    return { pixels: { dtype: 'uint8', dims: [side, side, 3], data } };
  },

  postprocess: ({ scores }) => bestFive(scores),
});

/** libjpeg can decode at half or a quarter of the size, which sharp uses when it shrinks: cheaper than decoding all. */
async function decode(image: Uint8Array): Promise<Uint8Array> {
  try {
    return await sharp(image, { limitInputPixels: pixelsMax, failOn: 'error' })
      .resize({ width: side, height: side, fit: 'cover', kernel: 'linear', fastShrinkOnLoad: true })
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer();
  } catch {
    throw new InputError(['image'], 'is not a readable JPEG image');
  }
}
