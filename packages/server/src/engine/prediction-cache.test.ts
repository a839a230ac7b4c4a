import { describe, expect, test } from 'vitest';
import { createPredictionCache } from './prediction-cache.ts';

describe('createPredictionCache', () => {
  test('keeps the outputs asked for last', () => {
    const cache = createPredictionCache(2);
    cache.add('a', 1);
    cache.add('b', 2);
    cache.find('a');
    cache.add('c', 3);
    expect(['a', 'b', 'c'].map((key) => cache.find(key)?.output)).toEqual([1, undefined, 3]);
    expect(cache.entries).toBe(2);
  });

  test('keeps falsy outputs too', () => {
    const cache = createPredictionCache(2);
    cache.add('nothing', null);
    expect(cache.find('nothing')).toEqual({ output: null });
  });

  test('holds no more than its bytes, and nothing larger than all of them', () => {
    const cache = createPredictionCache(1000, 1000);
    for (let i = 0; i < 50; i += 1) cache.add(`key ${i}`, 'x'.repeat(90));
    expect(cache.sizeBytes).toBeLessThanOrEqual(1000);
    expect(cache.entries).toBeGreaterThan(5);
    cache.add('huge', 'x'.repeat(2000));
    expect(cache.find('huge')).toBeUndefined();
  });

  test('leaves out what is no JSON', () => {
    const cache = createPredictionCache(2);
    cache.add('bigint', { id: 1n });
    expect(cache.find('bigint')).toBeUndefined();
  });

  test('0 entries: keeps nothing', () => {
    const cache = createPredictionCache(0);
    cache.add('a', 1);
    expect(cache.find('a')).toBeUndefined();
  });
});
