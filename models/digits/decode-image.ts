import sharp from 'sharp';
import type { GreyImage } from './find-ink.ts';

// each worker thread decodes one image at a time; sharp's own threads and cache would only add memory
sharp.concurrency(1);
sharp.cache(false);

/** Refuses a small file that would decode to gigabytes. */
const pixelsMax = 16_000_000;
/** A digit needs no more; smaller is faster, and shrinking takes noise away. */
const sideMax = 192;

/**
 * Decodes an image file to brightness, turned upright and at most 192 pixels a side.
 *
 * @throws Error of sharp when the file is broken, or too large when decoded
 */
export async function decodeImage(bytes: Uint8Array): Promise<GreyImage> {
  const { data, info } = await sharp(bytes, { limitInputPixels: pixelsMax, failOn: 'error' })
    .autoOrient()
    .resize({ width: sideMax, height: sideMax, fit: 'inside', withoutEnlargement: true, kernel: 'linear' })
    .greyscale()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { width, height, pixels: channels === 1 ? data : layOnGround(data, channels) };
}

/**
 * Puts a see-through image on the ground that shows its strokes. Mostly transparent, it is a drawing on nothing: bright
 * strokes go on black, dark ones on white. Mostly opaque, its holes get the brightness that most of it has.
 */
function layOnGround(data: Uint8Array, channels: number): Uint8Array {
  const pixelCount = data.length / channels;
  const brightnessOf = (pixel: number) => data[pixel * channels] ?? 0;
  const alphaOf = (pixel: number) => data[pixel * channels + channels - 1] ?? 0;
  const opaque: number[] = [];
  for (let pixel = 0; pixel < pixelCount; pixel++) if (alphaOf(pixel) >= 128) opaque.push(brightnessOf(pixel));
  opaque.sort((a, b) => a - b);

  const median = opaque[opaque.length >> 1] ?? 0;
  const ground = opaque.length > pixelCount / 2 ? median : median > 127 ? 0 : 255;
  return Uint8Array.from({ length: pixelCount }, (_, pixel) => {
    const alpha = alphaOf(pixel) / 255;
    return Math.round(alpha * brightnessOf(pixel) + (1 - alpha) * ground);
  });
}
