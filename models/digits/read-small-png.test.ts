import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { readSmallPng } from './read-small-png.ts';

const sideMax = 64;
const [width, height] = [31, 17];

/** Some colours, some of them see-through, in rows whose bits do not fill their last byte. */
function image(channels: 1 | 2 | 3 | 4) {
  const pixels = Buffer.from(Array.from({ length: width * height * channels }, (_, i) => (i * 37) % 256));
  return sharp(pixels, { raw: { width, height, channels } });
}

/** What the decoder for all kinds of images reads. */
async function readBySharp(file: Buffer): Promise<Buffer> {
  return sharp(file).toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' }).toBuffer();
}

describe('a small PNG', () => {
  test.each<[string, Sharp]>([
    ['grey', image(1).toColourspace('b-w').png()],
    ['grey and alpha', image(2).toColourspace('b-w').png()],
    ['colours', image(3).png()],
    ['colours and alpha', image(4).png()],
    ['a palette', image(3).png({ palette: true })],
    ['a palette with alpha', image(4).png({ palette: true })],
    ['a palette of 16 colours', image(3).png({ palette: true, colours: 16 })],
    ['a palette of 2 colours', image(3).png({ palette: true, colours: 2 })],
    [
      'not compressed, each row by the one before',
      image(3).png({ compressionLevel: 0, adaptiveFiltering: true }),
    ],
  ])('of %s has the pixels that every decoder reads', async (_name, drawn) => {
    const file = await drawn.toBuffer();
    const read = readSmallPng(file, sideMax);
    expect(read).toMatchObject({ width, height });
    expect(Buffer.from(read?.pixels ?? []).equals(await readBySharp(file))).toBe(true);
  });

  test('may be followed by other bytes', async () => {
    const file = await image(3).png().toBuffer();
    expect(readSmallPng(Buffer.concat([file, Buffer.from('and so on')]), sideMax)).toMatchObject({ width });
  });
});

describe('everything else is left to another decoder', () => {
  test.each<[string, Promise<Buffer>]>([
    ['a JPEG', image(3).jpeg().toBuffer()],
    ['an interlaced PNG', image(3).png({ progressive: true }).toBuffer()],
    ['a PNG of 16 bits', image(3).toColourspace('rgb16').png().toBuffer()],
    ['a PNG with a colour profile', image(3).withIccProfile('p3').png().toBuffer()],
    ['a PNG that is to be turned', image(3).withMetadata({ orientation: 6 }).png().toBuffer()],
    [
      'a larger PNG',
      image(3)
        .resize(sideMax + 1, 9)
        .png()
        .toBuffer(),
    ],
    ['no image at all', Promise.resolve(Buffer.from('%PDF-1.7'))],
    ['nothing', Promise.resolve(Buffer.alloc(0))],
  ])('%s', async (_name, file) => {
    expect(readSmallPng(await file, sideMax)).toBeNull();
  });

  test('a PNG that is cut off, anywhere', async () => {
    const file = await image(4).png().toBuffer();
    for (let end = 0; end < file.length; end++)
      expect(readSmallPng(file.subarray(0, end), sideMax)).toBeNull();
  });

  test('a PNG with a byte that is not as it was written', async () => {
    const file = await image(4).png().toBuffer();
    const at = file.indexOf('IDAT') + 20;
    file[at] = (file[at] ?? 0) ^ 1;
    expect(readSmallPng(file, sideMax)).toBeNull();
  });
});
