import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rangesByGroups, rangesByRows } from './chunk-ranges.ts';

const unit = 2048;
const usual = 10 * unit;

describe('chunks by rows', () => {
  test('are of equal size but the last', () => {
    expect(rangesByRows(25, 10)).toEqual([
      { offset: 0, limit: 10 },
      { offset: 10, limit: 10 },
      { offset: 20, limit: 5 },
    ]);
    expect(rangesByRows(0, 10)).toEqual([]);
  });
});

describe('chunks by groups', () => {
  test('hold as many groups as they have room for', () => {
    expect(rangesByGroups([usual, usual, usual, usual, 100], 3 * usual)).toEqual([
      { offset: 0, limit: 3 * usual, groupRows: usual },
      { offset: 3 * usual, limit: usual + 100, groupRows: usual },
    ]);
  });

  test('have a group to themselves whose size is none that DuckDB would make in the middle of a file', () => {
    expect(rangesByGroups([usual, usual, usual + 1095, usual, usual], 3 * usual)).toEqual([
      { offset: 0, limit: 2 * usual, groupRows: usual },
      { offset: 2 * usual, limit: usual + 1095, groupRows: usual + 1095 },
      { offset: 3 * usual + 1095, limit: 2 * usual, groupRows: usual },
    ]);
  });

  test('end with a smaller group', () => {
    expect(rangesByGroups([usual, unit, usual], 3 * usual)).toEqual([
      { offset: 0, limit: usual + unit, groupRows: usual },
      { offset: usual + unit, limit: usual, groupRows: usual },
    ]);
  });

  test('are those by rows, of a file whose groups would make very many', () => {
    const groups = Array.from({ length: 100 }, () => 1000);
    expect(rangesByGroups(groups, 50_000)).toEqual(rangesByRows(100_000, 50_000));
  });

  test('are those by rows, of a file whose groups are larger than a chunk is to be', () => {
    expect(rangesByGroups([usual, usual], 100)).toEqual(rangesByRows(2 * usual, 100));
    expect(rangesByGroups([usual + 1095], usual)).toEqual([
      { offset: 0, limit: usual + 1095, groupRows: usual + 1095 },
    ]);
  });

  test('have every row once, in its order', () => {
    const groupRows = fc.oneof(fc.constant(usual), fc.integer({ min: 1, max: 2 * usual }));
    fc.assert(
      fc.property(fc.array(groupRows), fc.integer({ min: 1000, max: 5 * usual }), (groups, chunkRows) => {
        let next = 0;
        for (const { offset, limit } of rangesByGroups(groups, chunkRows)) {
          expect(offset).toBe(next);
          expect(limit).toBeGreaterThan(0);
          next += limit;
        }
        expect(next).toBe(groups.reduce((sum, rows) => sum + rows, 0));
      }),
    );
  });
});
