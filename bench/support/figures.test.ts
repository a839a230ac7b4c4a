import { describe, expect, test } from 'vitest';
import { bestFive } from '../models/mobilenet/tensors.ts';
import { isClose } from './check-answer.ts';
import { median, quantile, spread } from './table.ts';

describe('figures', () => {
  test('the median is in the middle, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 2, 9])).toBe(3);
    expect(median([])).toBeNaN();
  });

  test('a quantile is one of the values', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(quantile(values, 0.99)).toBe(99);
    expect(quantile(values, 0.5)).toBe(50);
    expect(quantile([], 0.5)).toBeNaN();
  });

  test('the spread is a share of the median', () => {
    expect(spread([90, 100, 120])).toBe('30 %');
  });
});

describe('isClose', () => {
  test('forgives the last digits of numbers', () => {
    expect(isClose({ a: [0.123456], b: 'x' }, { a: [0.12345], b: 'x' })).toBe(true);
  });

  test.each([
    [{ a: 1 }, { a: 1.01 }],
    [{ a: 1 }, { a: 1, b: 1 }],
    [{ a: 'x' }, { a: 'y' }],
    [
      [1, 2],
      [2, 1],
    ],
    [undefined, { a: 1 }],
    [null, {}],
  ])('%j is not %j', (one, other) => {
    expect(isClose(one, other)).toBe(false);
  });
});

describe('bestFive', () => {
  test('gives the five highest, best first', () => {
    const data = new Float32Array(1000).fill(0.001);
    for (const [label, score] of [
      [7, 0.3],
      [999, 0.2],
      [0, 0.1],
      [500, 0.05],
      [8, 0.04],
    ] as const)
      data[label] = score;
    const { top } = bestFive({ dtype: 'float32', dims: [1000], data });
    expect(top.map(({ label }) => label)).toEqual([7, 999, 0, 500, 8]);
  });
});
