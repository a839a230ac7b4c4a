import { definePipeline, InputError, type InputOf, type Tensor, type Tensors } from '@oriel/schemas';
import { digits } from './contract.ts';
import { decodeImage } from './decode-image.ts';
import type { GreyImage } from './find-ink.ts';
import { frameSide, normaliseDigit } from './normalise-digit.ts';

/**
 * A batch is hardly faster than single runs (0.11 ms an item against 0.14 ms), and decoding costs twenty times as much;
 * small batches keep all threads decoding.
 */
const batchSizeMax = 8;

export const pipeline = definePipeline(digits, {
  inputs: [{ name: 'image', dtype: 'float32', dims: [null, 1, frameSide, frameSide] }],
  outputs: [{ name: 'probabilities', dtype: 'float32', dims: [null, 10] }],
  batching: { batchSizeMax },
  preprocess,

  postprocess({ probabilities }) {
    // start-up has checked that this output is there, and its dtype
    const shares = [...(probabilities as Extract<Tensor, { dtype: 'float32' }>).data];
    const confidence = Math.max(...shares);
    return { digit: shares.indexOf(confidence), confidence, probabilities: shares };
  },
});

async function preprocess({ image }: InputOf<typeof digits>): Promise<Tensors> {
  const frame = normaliseDigit(await decode(image));
  if (frame === null)
    throw new InputError(['image'], 'holds no strokes: all of it has about the same brightness');
  return { image: { dtype: 'float32', dims: [1, frameSide, frameSide], data: frame } };
}

async function decode(bytes: Uint8Array): Promise<GreyImage> {
  try {
    return await decodeImage(bytes);
  } catch (error) {
    // sharp's reason is about the file alone, so a caller may read it
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new InputError(['image'], `is not a readable PNG, JPEG or WebP image: ${reason}`);
  }
}
