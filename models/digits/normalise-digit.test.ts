import { describe, expect, test } from 'vitest';
import { findInk, type GreyImage } from './find-ink.ts';
import { frameSide, normaliseDigit } from './normalise-digit.ts';

interface Look {
  readonly side?: number;
  readonly left?: number;
  readonly top?: number;
  readonly ground?: number;
  readonly ink?: number;
}

/** A letter L, 20 wide and 40 high, its strokes 6 wide. */
function letter({ side = 100, left = 30, top = 20, ground = 255, ink = 0 }: Look = {}): GreyImage {
  const pixels = new Uint8Array(side * side).fill(ground);
  for (let y = 0; y < 40; y++) {
    for (let x = 0; x < 20; x++) if (x < 6 || y >= 34) pixels[(top + y) * side + left + x] = ink;
  }
  return { pixels, width: side, height: side };
}

const differenceOf = (one: Float32Array | null, other: Float32Array | null) =>
  Math.max(...(one ?? []).map((value, i) => Math.abs(value - (other?.[i] ?? 2))));

describe('a normalised digit', () => {
  const plain = normaliseDigit(letter());

  test('is 28 x 28, from 0 to 1, with its longer side filling 20', () => {
    expect(plain).toHaveLength(frameSide * frameSide);
    expect(Math.max(...(plain ?? []))).toBe(1);
    expect(Math.min(...(plain ?? []))).toBe(0);
    const rows = Array.from({ length: frameSide }, (_, y) =>
      plain?.subarray(y * frameSide, (y + 1) * frameSide).some((v) => v > 0.5),
    );
    expect(rows.filter(Boolean)).toHaveLength(20);
  });

  test('has its centre of mass in the middle', () => {
    let [mass, x, y] = [0, 0, 0];
    for (const [i, value] of (plain ?? []).entries()) {
      mass += value;
      x += value * ((i % frameSide) + 0.5);
      y += value * (Math.floor(i / frameSide) + 0.5);
    }
    expect(x / mass).toBeCloseTo(14, 1);
    expect(y / mass).toBeCloseTo(14, 1);
  });

  test.each<[string, Look]>([
    ['place', { left: 78, top: 3 }],
    ['size of the image around it', { side: 180 }],
    ['polarity', { ground: 0, ink: 255 }],
    ['contrast', { ground: 200, ink: 150 }],
  ])('does not depend on %s', (_, look) => {
    expect(differenceOf(plain, normaliseDigit(letter(look)))).toBeLessThan(0.02);
  });

  test('is found under noise, dirt and within a frame', () => {
    const image = letter({ ground: 220 });
    const pixels = Uint8Array.from(image.pixels, (value, i) => value + ((i * 7919) % 13));
    for (const at of [505, 506, 9090]) pixels[at] = 0;
    for (let i = 0; i < 100; i++) for (const at of [i, 9900 + i, i * 100, i * 100 + 99]) pixels[at] = 0;
    expect(differenceOf(plain, normaliseDigit({ ...image, pixels }))).toBeLessThan(0.15);
  });

  test('is null for a blank image, whatever its brightness', () => {
    for (const ground of [0, 128, 255]) expect(normaliseDigit(letter({ ground, ink: ground }))).toBeNull();
    expect(normaliseDigit(letter({ ground: 250, ink: 240 }))).toBeNull();
    expect(normaliseDigit({ pixels: Uint8Array.of(7), width: 1, height: 1 })).toBeNull();
  });

  test('leaves the given pixels as they are', () => {
    const image = letter();
    const before = Uint8Array.from(image.pixels);
    normaliseDigit(image);
    expect(image.pixels).toEqual(before);
  });
});

describe('ink', () => {
  test('lies in a box around the strokes', () => {
    expect(findInk(letter())?.box).toEqual({ left: 30, top: 20, right: 50, bottom: 60 });
  });
});
