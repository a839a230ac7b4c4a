import { expect, test } from 'vitest';
import { SliceSize } from './slice-size.ts';

/** The sizes of the first slices of inputs that take so long each. */
function sizesOf({ batchSizeMax, itemMs, isLive = false }: Case): number[] {
  const size = new SliceSize(batchSizeMax);
  return Array.from({ length: 6 }, () => {
    const inputs = size.next(isLive);
    size.measure(inputs, inputs * itemMs);
    return inputs;
  });
}
interface Case {
  readonly batchSizeMax: number;
  readonly itemMs: number;
  readonly isLive?: boolean;
}

test('begins with one batch and grows in steps to a few milliseconds', () => {
  expect(sizesOf({ batchSizeMax: 64, itemMs: 0.005 })).toEqual([64, 256, 960, 960, 960, 960]);
});

test('is smaller while others ask', () => {
  expect(sizesOf({ batchSizeMax: 64, itemMs: 0.005, isLive: true })).toEqual([64, 256, 256, 256, 256, 256]);
});

test('is never less than a batch, nor too large for the event loop', () => {
  expect(sizesOf({ batchSizeMax: 16, itemMs: 10 }).at(-1)).toBe(16);
  expect(sizesOf({ batchSizeMax: 64, itemMs: 0.0001 }).at(-1)).toBe(2048);
});

test('shrinks when inputs take longer than those before', () => {
  const size = new SliceSize(10);
  for (let i = 0; i < 4; i += 1) size.measure(100, 1);
  for (let i = 0; i < 4; i += 1) size.next(false);
  const before = size.next(false);
  for (let i = 0; i < 30; i += 1) size.measure(100, 10);
  expect(size.next(false)).toBeLessThan(before);
});
