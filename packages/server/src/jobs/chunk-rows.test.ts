import { describe, expect, test } from 'vitest';
import { createChunkRows } from './chunk-rows.ts';

const usual = 20_000;
const chunkRowsOf = createChunkRows(usual);
const small = (rows: number) => ({ rows, sizeBytes: 30 * rows });

describe('rows of a chunk', () => {
  test('are as set, where rows are small and take a while', () => {
    expect(chunkRowsOf(small(10))).toBe(usual);
    expect(chunkRowsOf(small(10_000_000))).toBe(usual);
  });

  test('are up to four times as many where a row takes microseconds, as long as there are enough chunks', () => {
    const quick = (rows: number) => chunkRowsOf({ ...small(rows), areQuick: true });
    expect(quick(100)).toBe(usual);
    expect(quick(639_999)).toBe(usual);
    expect(quick(640_000)).toBe(2 * usual);
    expect(quick(1_000_000)).toBe(3 * usual);
    expect(quick(100_000_000)).toBe(4 * usual);
  });

  test('are few where rows are large, one at least', () => {
    expect(chunkRowsOf({ rows: 1000, sizeBytes: 1000 * 1_048_576, areQuick: true })).toBe(32);
    expect(chunkRowsOf({ rows: 2, sizeBytes: 2 ** 31 })).toBe(1);
    expect(chunkRowsOf({ rows: 0, sizeBytes: 0 })).toBe(usual);
  });

  test('are few where they are images', () => {
    expect(chunkRowsOf({ ...small(100_000), areImages: true, areQuick: true })).toBe(250);
  });
});
