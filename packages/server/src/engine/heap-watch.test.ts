import { describe, expect, test } from 'vitest';
import { HeapWatch, hardHeapLimitMb } from './heap-watch.ts';

const mb = 1024 * 1024;

describe('HeapWatch', () => {
  test('a heap within its limit is fine', () => {
    const watch = new HeapWatch(100);
    expect([0, 1000, 5000].map((now) => watch.isTooLarge(100 * mb, now))).toEqual([false, false, false]);
  });

  test('garbage that is collected within a second is forgiven', () => {
    const watch = new HeapWatch(100);
    expect(watch.isTooLarge(140 * mb, 0)).toBe(false);
    expect(watch.isTooLarge(149 * mb, 900)).toBe(false);
    expect(watch.isTooLarge(20 * mb, 950)).toBe(false);
    expect(watch.isTooLarge(140 * mb, 1100)).toBe(false);
  });

  test('a heap that stays above its limit is too large', () => {
    const watch = new HeapWatch(100);
    expect(watch.isTooLarge(101 * mb, 0)).toBe(false);
    expect(watch.isTooLarge(101 * mb, 1000)).toBe(true);
  });

  test('half as much again is too large at once', () => {
    expect(new HeapWatch(100).isTooLarge(151 * mb, 0)).toBe(true);
  });

  test('V8 gets room for two of its largest objects above that', () => {
    expect(hardHeapLimitMb(512)).toBe(768 + 2048);
  });
});
