import { UploadedMedia } from '@oriel/schemas';
import { describe, expect, test } from 'vitest';
import { digits, imageSizeBytesMax } from './contract.ts';
import { exampleDrawing } from './example-drawing.ts';

describe('the digits contract', () => {
  test('takes an image as base64 text or as uploaded bytes, and gives bytes', () => {
    const bytes = Uint8Array.from(Buffer.from(exampleDrawing, 'base64'));
    expect(digits.input.parse({ image: exampleDrawing })).toEqual({ image: bytes });
    expect(digits.input.parse({ image: new UploadedMedia(bytes) })).toEqual({ image: bytes });
  });

  test.each([
    ['no image', {}],
    ['text that is no base64', { image: 'a picture of a three' }],
    ['a file that is no image', { image: Buffer.from('%PDF-1.7').toString('base64') }],
    ['a file over the limit', { image: new UploadedMedia(new Uint8Array(imageSizeBytesMax + 1)) }],
  ])('refuses %s and names the field', (_, input) => {
    expect(digits.input.safeParse(input).error?.issues.map(({ path }) => path)).toEqual([['image']]);
  });
});
