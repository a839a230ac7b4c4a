import { expect, test } from 'vitest';
import { describeChanges } from './schema-changes.ts';

test('each kind of change is a line', () => {
  const changes = {
    added: [{ name: 'sex', type: 'text' }],
    removed: [{ name: 'beak', type: 'number' }],
    retyped: [{ name: 'year', from: 'integer', to: 'text' }],
  } as const;
  expect(
    describeChanges({
      added: [...changes.added],
      removed: [...changes.removed],
      retyped: [...changes.retyped],
    }),
  ).toEqual(['New: sex (text)', 'Gone: beak', 'Of another type: year (integer, now text)']);
});

test('no change is said too', () => {
  expect(describeChanges({ added: [], removed: [], retyped: [] })).toEqual(['The same columns as before']);
});

test('hundreds of columns are not all named', () => {
  const added = Array.from({ length: 300 }, (_, i) => ({ name: `c${i}`, type: 'text' as const }));
  expect(describeChanges({ added, removed: [], retyped: [] })[0]).toMatch(/c9 \(text\) and 290 more$/);
});
