import { describe, expect, test } from 'vitest';
import { createRandom } from './random.ts';

describe('a seeded random source', () => {
  test('gives the same sequence for the same seed and another for another', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, createRandom(seed).next);
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  test('is uniform: mean and spread of 20,000 draws are those of [0, 1)', () => {
    const random = createRandom(1);
    const draws = Array.from({ length: 20_000 }, random.next);
    const mean = draws.reduce((sum, value) => sum + value) / draws.length;
    expect(mean).toBeCloseTo(0.5, 1);
    expect(Math.min(...draws)).toBeLessThan(0.001);
    expect(Math.max(...draws)).toBeGreaterThan(0.999);
    expect(Math.max(...draws)).toBeLessThan(1);
  });

  test('shuffles without losing or repeating an element, and leaves the list alone', () => {
    const list = Array.from({ length: 100 }, (_, i) => i);
    const shuffled = createRandom(3).shuffled(list);
    expect(shuffled).not.toEqual(list);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(list);
    expect(list[99]).toBe(99);
  });

  test('draws normal numbers of mean 0 and deviation 1', () => {
    const random = createRandom(5);
    const draws = Array.from({ length: 20_000 }, random.normal);
    const mean = draws.reduce((sum, value) => sum + value) / draws.length;
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(1, 1);
  });
});
