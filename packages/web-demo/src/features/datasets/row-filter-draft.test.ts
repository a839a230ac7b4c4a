import type { Column } from '@oriel/schemas';
import { describe, expect, test } from 'vitest';
import { type ConditionDraft, listComparisons, toRowFilter } from './row-filter-draft.ts';

const columns: Column[] = [
  { name: 'island', type: 'text' },
  { name: 'mass', type: 'number' },
  { name: 'year', type: 'integer' },
  { name: 'ring', type: 'bigint' },
  { name: 'seen', type: 'date' },
  { name: 'alive', type: 'boolean' },
  { name: 'photo', type: 'image' },
];

const line = (column: string, comparison: ConditionDraft['comparison'], text = '', id = 1) => ({
  id,
  column,
  comparison,
  text,
});
const filterOf = (...lines: ConditionDraft[]) => toRowFilter(lines, columns, 'and').filter;

describe('toRowFilter', () => {
  test.each([
    [line('island', 'eq', ' Dream'), { column: 'island', op: 'eq', value: ' Dream' }],
    [line('island', 'contains', 'ream'), { column: 'island', op: 'contains', value: 'ream' }],
    [line('mass', 'gte', ' 39.5 '), { column: 'mass', op: 'gte', value: 39.5 }],
    [line('year', 'in', '2007, 2009'), { column: 'year', op: 'in', values: [2007, 2009] }],
    [line('ring', 'eq', '9007199254740993'), { column: 'ring', op: 'eq', value: '9007199254740993' }],
    [line('seen', 'lt', '2009-01-01'), { column: 'seen', op: 'lt', value: '2009-01-01' }],
    [line('alive', 'ne', 'true'), { column: 'alive', op: 'ne', value: true }],
    [line('photo', 'filled'), { column: 'photo', op: 'isNull', value: false }],
  ])('%j', (condition, filter) => {
    expect(filterOf(condition)).toEqual(filter);
  });

  test('joins several lines as it is told', () => {
    const lines = [line('island', 'empty'), line('mass', 'lt', '4000', 2)];
    const parts = [
      { column: 'island', op: 'isNull', value: true },
      { column: 'mass', op: 'lt', value: 4000 },
    ];
    expect(toRowFilter(lines, columns, 'and').filter).toEqual({ and: parts });
    expect(toRowFilter(lines, columns, 'or').filter).toEqual({ or: parts });
  });

  test('is no filter where there is no line', () => {
    expect(toRowFilter([], columns, 'and')).toEqual({ filter: undefined, errors: {} });
  });

  test.each([
    [line('mass', 'lt', 'heavy'), 'must be a number, e.g. 39.5'],
    [line('mass', 'lt', ''), 'must be a number, e.g. 39.5'],
    [line('year', 'eq', '2007.5'), 'must be a whole number'],
    [line('year', 'in', '2007,,2009'), 'must be a whole number'],
    [line('seen', 'eq', '1/2/2009'), 'must be a date, e.g. 2026-11-21'],
    [line('island', 'contains', ''), 'say which text'],
  ])('refuses %j beside its line', (condition, message) => {
    const fine = line('island', 'eq', 'Dream', 7);
    expect(toRowFilter([fine, condition], columns, 'and')).toEqual({
      filter: undefined,
      errors: { [condition.id]: message },
    });
  });
});

test('columns are asked only for what can be compared', () => {
  expect(listComparisons('image')).toEqual(['empty', 'filled']);
  expect(listComparisons('text')).not.toContain('lt');
  expect(listComparisons('date')).toContain('lt');
});
