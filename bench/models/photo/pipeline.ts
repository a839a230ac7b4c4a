import jpeg from '@julusian/jpeg-turbo';
import { definePipeline, InputError, imageSides } from '@oriel/schemas';
import { classCount, side } from '../mobilenet/contract.ts';
import { bestFive, plainBytes } from '../mobilenet/tensors.ts';
import { photo } from './contract.ts';
import { shrinkToSquare } from './shrink.ts';

/** Refuses a small file that would decode to gigabytes. */
const pixelsMax = 16_000_000;

/** Each thread decodes one image at a time, all of them into the same memory: new memory costs as much as decoding does. */
let decoded = Buffer.alloc(0);

export const pipeline = definePipeline(photo, {
  inputs: [{ name: 'pixels', dtype: 'uint8', dims: [null, side, side, 3] }],
  outputs: [{ name: 'scores', dtype: 'float32', dims: [null, classCount] }],
  // more than one, so that the next image is decoded while one is computed
  batching: { batchSizeMax: 2 },

  preprocess({ image }) {
    const data = plainBytes(decode(image));
    return { pixels: { dtype: 'uint8', dims: [side, side, 3], data } };
  },

  postprocess: ({ scores }) => bestFive(scores),
});

/** By libjpeg-turbo itself: a library for all kinds of images takes twice as long to begin and to end with one. */
function decode(image: Uint8Array<ArrayBuffer>): Uint8Array {
  const [width, height] = imageSides(image) ?? [0, 0];
  if (width * height > pixelsMax) throw new InputError(['image'], `has more than ${pixelsMax} pixels`);
  if (decoded.length < 3 * width * height) decoded = Buffer.alloc(3 * width * height);
  try {
    const file = Buffer.from(image.buffer, image.byteOffset, image.byteLength);
    const { data: pixels } = jpeg.decompressSync(file, decoded, { format: jpeg.FORMAT_RGB });
    return shrinkToSquare({ pixels, width, height }, side);
  } catch {
    throw new InputError(['image'], 'is not a readable JPEG image');
  }
}
