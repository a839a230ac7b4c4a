import { expect, test } from 'vitest';
import { toDatabaseJson } from './database-json.ts';

test('a NUL in a text becomes the sign for what cannot be shown', () => {
  expect(toDatabaseJson({ a: ['x\0y', 1, null], b: { c: '\0' } })).toEqual({
    a: ['x\uFFFDy', 1, null],
    b: { c: '\uFFFD' },
  });
});

test('what only looks like one stays', () => {
  expect(toDatabaseJson(['\\u0000', '\\\\u0000'])).toEqual(['\\u0000', '\\\\u0000']);
});
