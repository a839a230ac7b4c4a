import { imageBytes, imagePixels, UploadedMedia } from '@oriel/schemas';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';

const blank = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'white' } });
const bytesOf = async (image: Sharp) => Uint8Array.from(await image.toBuffer());

describe('the pixels that a file claims are told without decoding it', () => {
  test.each([
    ['PNG', blank(300, 7).png()],
    ['JPEG', blank(300, 7).jpeg()],
    [
      'progressive JPEG with metadata',
      blank(300, 7).withMetadata({ orientation: 6 }).jpeg({ progressive: true }),
    ],
    ['WebP', blank(300, 7).webp()],
    ['lossless WebP', blank(300, 7).webp({ lossless: true })],
    ['WebP with a header of its own', blank(300, 7).withMetadata({ orientation: 6 }).webp()],
  ])('%s', async (_name, image) => {
    expect(imagePixels(await bytesOf(image))).toBe(300 * 7);
  });

  test('a file that is cut off, or is something else, tells nothing', async () => {
    const files = await Promise.all([blank(9, 9).png(), blank(9, 9).jpeg(), blank(9, 9).webp()].map(bytesOf));
    for (const file of files) expect(imagePixels(file.slice(0, 14))).toBeNull();
    expect(imagePixels(Uint8Array.from(Buffer.from('%PDF-1.7 and so on and on')))).toBeNull();
    expect(imagePixels(new Uint8Array(0))).toBeNull();
  });
});

test('a small file that would decode to very much is refused by name', async () => {
  const bomb = await bytesOf(blank(5000, 5000).png());
  expect(bomb.length).toBeLessThan(100_000);
  const { error } = imageBytes({ sizeBytesMax: 1_000_000 }).safeParse(new UploadedMedia(bomb));
  expect(error?.issues[0]?.message).toBe('has 25000000 pixels; at most 16000000 are accepted');
});
