import { describe, expect, test } from 'vitest';
import { imageBytes, imageTypeOf, UploadedMedia } from './image-bytes.ts';

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3);
const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
const schema = imageBytes({ sizeBytesMax: 64 });

describe('imageBytes', () => {
  test('reads base64 text and uploaded bytes alike', () => {
    expect(schema.parse(base64(png))).toEqual(png);
    expect(schema.parse(new UploadedMedia(png))).toEqual(png);
  });

  test.each([
    ['text that is no base64', '***', 'is not valid base64'],
    ['a file that is no image', base64(Uint8Array.of(1, 2, 3)), 'is not a PNG, JPEG, WEBP file'],
    ['an empty text', '', 'is not a PNG, JPEG, WEBP file'],
    ['a large file', new UploadedMedia(new Uint8Array(65)), 'has 65 bytes; at most 64 are accepted'],
    ['numbers', [137, 80], 'must be the base64 text of an image file, or its bytes as an upload'],
    ['nothing', undefined, 'must be the base64 text of an image file, or its bytes as an upload'],
  ])('refuses %s', (_name, value, message) => {
    expect(schema.safeParse(value).error?.issues[0]?.message).toBe(message);
  });

  test('refuses a text far over the limit without decoding it', () => {
    expect(schema.safeParse('A'.repeat(1_000_000)).success).toBe(false);
  });

  test('accepts only the types it is told', () => {
    expect(imageBytes({ types: ['image/jpeg'], sizeBytesMax: 64 }).safeParse(base64(png)).success).toBe(
      false,
    );
  });

  test('gives bytes of its own, which may be handed to another thread', () => {
    const shared = new Uint8Array(new ArrayBuffer(100), 10, png.length);
    shared.set(png);
    const bytes = schema.parse(new UploadedMedia(shared));
    expect(bytes.buffer.byteLength).toBe(png.length);
  });
});

test('image types are told by their signatures', () => {
  const webp = new TextEncoder().encode('RIFF....WEBPVP8 ');
  expect([png, Uint8Array.of(0xff, 0xd8, 0xff), webp, Uint8Array.of()].map(imageTypeOf)).toEqual([
    'image/png',
    'image/jpeg',
    'image/webp',
    null,
  ]);
});
