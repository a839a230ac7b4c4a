import { FastResizeFilter, ResizeFit, Transformer } from '@napi-rs/image';
import { definePipeline, InputError } from '@oriel/schemas';
import { classCount, side } from '../mobilenet/contract.ts';
import { bestFive } from '../mobilenet/tensors.ts';
import { photo } from './contract.ts';

export const pipeline = definePipeline(photo, {
  inputs: [{ name: 'pixels', dtype: 'uint8', dims: [null, side, side, 3] }],
  outputs: [{ name: 'scores', dtype: 'float32', dims: [null, classCount] }],
  // as of the same network with bytes
  batching: { batchSizeMax: 2 },

  preprocess: ({ image }) => ({
    pixels: { dtype: 'uint8', dims: [side, side, 3], data: withoutAlpha(decode(image)) },
  }),

  postprocess: ({ scores }) => bestFive(scores),
});

/**
 * Red, green, blue and alpha of the middle of a photo. At once, in half of the time that sharp takes: libvips begins and ends
 * a pipeline with threads of its own for each image, which pays for larger ones. What strangers send would need a look at its
 * header first: a small file may decode to gigabytes.
 */
function decode(image: Uint8Array): Uint8Array {
  try {
    return new Transformer(image)
      .fastResize({ width: side, height: side, fit: ResizeFit.Cover, filter: FastResizeFilter.Bilinear })
      .rawPixelsSync();
  } catch {
    throw new InputError(['image'], 'is not a readable JPEG image');
  }
}

function withoutAlpha(pixels: Uint8Array): Uint8Array {
  const colours = new Uint8Array(side * side * 3);
  for (let from = 0, to = 0; to < colours.length; from += 4, to += 3) {
    colours[to] = pixels[from] ?? 0;
    colours[to + 1] = pixels[from + 1] ?? 0;
    colours[to + 2] = pixels[from + 2] ?? 0;
  }
  return colours;
}
