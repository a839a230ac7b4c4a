import sharp from 'sharp';
import type { Random } from '../../training/random.ts';

/** A square picture of a digit, bright on black. */
export interface Picture {
  readonly digit: number;
  readonly side: number;
  readonly pixels: Uint8Array;
}

/** Encodes as a greyscale PNG. */
export function toPng({ pixels, side }: Picture): Promise<Uint8Array> {
  return sharp(pixels, { raw: { width: side, height: side, channels: 1 } })
    .png()
    .toBuffer();
}

/** Scales to another size, smaller or larger. */
export async function enlarge({ digit, pixels, side }: Picture, newSide: number): Promise<Picture> {
  const picture = sharp(pixels, { raw: { width: side, height: side, channels: 1 } });
  const scaled = await picture.resize(newSide, newSide, { kernel: 'cubic' }).greyscale().raw().toBuffer();
  return { digit, side: newSide, pixels: scaled };
}

/** Puts the picture somewhere on a larger black square. */
export function place({ digit, pixels, side }: Picture, canvasSide: number, random: Random): Picture {
  const [left, top] = [random.integer(canvasSide - side + 1), random.integer(canvasSide - side + 1)];
  const canvas = new Uint8Array(canvasSide ** 2);
  for (let y = 0; y < side; y++)
    canvas.set(pixels.subarray(y * side, (y + 1) * side), (top + y) * canvasSide + left);
  return { digit, side: canvasSide, pixels: canvas };
}

/** Turns about the middle; what leaves the square is cut off. */
export async function rotate({ digit, pixels, side }: Picture, degrees: number): Promise<Picture> {
  const large = sharp(pixels, { raw: { width: side, height: side, channels: 1 } }).resize(side * 4, side * 4);
  const turned = await sharp(await large.png().toBuffer())
    .rotate(degrees, { background: 'black' })
    .png()
    .toBuffer();
  const { data, info } = await sharp(turned).greyscale().raw().toBuffer({ resolveWithObject: true });
  const newSide = Math.min(info.width, info.height);
  const square = Uint8Array.from(
    { length: newSide ** 2 },
    (_, at) => data[Math.floor(at / newSide) * info.width + (at % newSide)] ?? 0,
  );
  return { digit, side: newSide, pixels: square };
}

/** Makes strokes wider by a disc of the given radius. */
export const dilate = (picture: Promise<Picture>, radius: number): Promise<Picture> =>
  widen(picture, radius, Math.max);

/** Makes strokes narrower by a disc of the given radius; thin ones may break. */
export const erode = (picture: Promise<Picture>, radius: number): Promise<Picture> =>
  widen(picture, radius, Math.min);

async function widen(
  picture: Promise<Picture>,
  radius: number,
  choose: (a: number, b: number) => number,
): Promise<Picture> {
  const { digit, pixels, side } = await picture;
  const result = Uint8Array.from(pixels, (own, at) => {
    let value = own;
    const [x, y] = [at % side, Math.floor(at / side)];
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        if (dx * dx + dy * dy > radius * radius) continue;
        const isInside = x + dx >= 0 && x + dx < side && y + dy >= 0 && y + dy < side;
        value = choose(value, isInside ? (pixels[(y + dy) * side + x + dx] ?? 0) : 0);
      }
    }
    return value;
  });
  return { digit, side, pixels: result };
}
