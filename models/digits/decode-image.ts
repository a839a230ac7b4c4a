import sharp from 'sharp';
import { imagePixelsMax } from './contract.ts';
import type { GreyImage } from './find-ink.ts';
import { readSmallPng } from './read-small-png.ts';

// each worker thread decodes one image at a time; sharp's own threads and cache would only add memory
sharp.concurrency(1);
sharp.cache(false);

/** A digit needs no more; smaller is faster, and shrinking takes noise away. */
const sideMax = 192;

/**
 * Decodes an image file to brightness, turned upright and at most 192 pixels a side.
 *
 * @throws Error of sharp when the file is broken, or too large when decoded
 */
export async function decodeImage(bytes: Uint8Array): Promise<GreyImage> {
  const small = readSmallPng(bytes, sideMax);
  if (small) return { ...small, pixels: layOnGround(small.pixels) };
  const { data, info } = await sharp(bytes, { limitInputPixels: imagePixelsMax, failOn: 'error' })
    .autoOrient()
    .resize({ width: sideMax, height: sideMax, fit: 'inside', withoutEnlargement: true, kernel: 'linear' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: layOnGround(data) };
}

/**
 * Brightness of RGBA pixels. A see-through image is put on the ground that shows its strokes: mostly transparent, it is
 * a drawing on nothing, and bright strokes go on black, dark ones on white; mostly opaque, its holes get the brightness
 * that most of it has.
 */
function layOnGround(rgba: Uint8Array): Uint8Array {
  const brightness = new Uint8Array(rgba.length / 4);
  let opaque = 0;
  for (let pixel = 0, at = 0; pixel < brightness.length; pixel++, at += 4) {
    brightness[pixel] = Math.round(
      0.299 * (rgba[at] ?? 0) + 0.587 * (rgba[at + 1] ?? 0) + 0.114 * (rgba[at + 2] ?? 0),
    );
    if (isOpaque(rgba, pixel)) opaque++;
  }
  // as almost always
  if (opaque === brightness.length) return brightness;

  const shown = brightness.filter((_, pixel) => isOpaque(rgba, pixel)).toSorted();
  const median = shown[opaque >> 1] ?? 0;
  const ground = opaque > brightness.length / 2 ? median : median > 127 ? 0 : 255;
  return brightness.map((value, pixel) => {
    const alpha = (rgba[4 * pixel + 3] ?? 0) / 255;
    return Math.round(alpha * value + (1 - alpha) * ground);
  });
}

function isOpaque(rgba: Uint8Array, pixel: number): boolean {
  return (rgba[4 * pixel + 3] ?? 0) >= 128;
}
