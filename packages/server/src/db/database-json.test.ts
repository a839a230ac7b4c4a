import { expect, test } from 'vitest';
import { toDatabaseJson } from './database-json.ts';

test('a NUL in a text becomes the sign for what cannot be shown', () => {
  expect(toDatabaseJson({ a: ['x\0y', 1, null], b: { c: '\0' } })).toEqual({
    a: ['x\uFFFDy', 1, null],
    b: { c: '\uFFFD' },
  });
});

test('so does half of a character, and both do in names too', () => {
  expect(toDatabaseJson({ 'a\0': [{ 'b\ud800': 'c\udc00' }], whole: '😀' })).toEqual({
    'a\uFFFD': [{ 'b\uFFFD': 'c\uFFFD' }],
    whole: '😀',
  });
});

test('what only looks like one stays', () => {
  expect(toDatabaseJson(['\\u0000', '\\\\u0000', '\\ud800'])).toEqual(['\\u0000', '\\\\u0000', '\\ud800']);
});
