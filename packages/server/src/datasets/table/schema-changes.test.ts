import type { Column } from '@oriel/schemas';
import { expect, test } from 'vitest';
import { schemaChanges } from './schema-changes.ts';

const before: Column[] = [
  { name: 'id', type: 'integer' },
  { name: 'age', type: 'integer' },
  { name: 'note', type: 'text' },
];

test('tells what was added, removed and retyped', () => {
  const after: Column[] = [
    { name: 'age', type: 'text' },
    { name: 'id', type: 'integer' },
    { name: 'Note', type: 'text' },
  ];
  expect(schemaChanges(before, after)).toEqual({
    added: [{ name: 'Note', type: 'text' }],
    removed: [{ name: 'note', type: 'text' }],
    retyped: [{ name: 'age', from: 'integer', to: 'text' }],
  });
});

test('equal columns in another order are no change', () => {
  const none = { added: [], removed: [], retyped: [] };
  expect(schemaChanges(before, before.toReversed())).toEqual(none);
});
