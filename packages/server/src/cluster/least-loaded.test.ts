import { describe, expect, test } from 'vitest';
import { takeLeastLoaded } from './least-loaded.ts';

const load = (name: string, open: number, givenAtMs: number[] = []) => ({ name, open, givenAtMs });

describe('takeLeastLoaded', () => {
  test('is the one with the fewest open connections', () => {
    const loads = new Set([load('a', 3), load('b', 1), load('c', 2)]);
    expect(takeLeastLoaded(loads, 0)?.name).toBe('b');
  });

  test('equals take turns', () => {
    const loads = new Set([load('a', 1), load('b', 1), load('c', 1)]);
    const names = Array.from({ length: 6 }, () => takeLeastLoaded(loads, 0)?.name);
    expect(names).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  test('who does not take what it is given comes after the others, however few it has', () => {
    const stuck = load('stuck', 1, [1000, 1200]);
    const loads = new Set([stuck, load('busy', 50, [1240])]);
    expect(takeLeastLoaded(loads, 1250)?.name).toBe('stuck');
    expect(takeLeastLoaded(loads, 1251)?.name).toBe('busy');
  });

  test('when all are late, it is the one with the fewest', () => {
    const loads = new Set([load('a', 9, [0]), load('b', 8, [0])]);
    expect(takeLeastLoaded(loads, 10_000)?.name).toBe('b');
  });

  test('is nobody when there is nobody', () => {
    expect(takeLeastLoaded(new Set<ReturnType<typeof load>>(), 0)).toBe(undefined);
  });
});
