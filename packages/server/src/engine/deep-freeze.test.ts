import { expect, test } from 'vitest';
import { deepFreeze } from './deep-freeze.ts';

test('freezes plain data all the way down, and leaves bytes alone', () => {
  const value = deepFreeze({ list: [{ a: 1 }], bytes: Uint8Array.of(1), nothing: null });
  expect(() => Object.assign(value.list[0] as object, { a: 2 })).toThrow(TypeError);
  expect(() => value.list.push({ a: 3 })).toThrow(TypeError);
  value.bytes[0] = 2;
  expect(value.bytes[0]).toBe(2);
});
