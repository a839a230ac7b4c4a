import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalKey } from './canonical-key.ts';

const input = fc.object({
  withDate: true,
  withBigInt: true,
  withTypedArray: true,
  withNullPrototype: false,
  maxDepth: 3,
});

describe('canonicalKey', () => {
  test('the order of keys does not matter, the order of a list does', () => {
    expect(canonicalKey({ a: 1, b: { c: 2, d: 3 } })).toBe(canonicalKey({ b: { d: 3, c: 2 }, a: 1 }));
    expect(canonicalKey([1, 2])).not.toBe(canonicalKey([2, 1]));
  });

  test.each([
    [1, '1'],
    [0, -0],
    [null, undefined],
    [1n, 1],
    [[], {}],
    [{ a: 'b,c' }, { a: 'b', c: undefined, ',c': '' }],
    [Uint8Array.of(1), Int8Array.of(1)],
    [Uint8Array.of(1), Uint8Array.of(1, 0)],
    [new Date(0), 0],
    ['a'.repeat(1000), 'a'.repeat(1001)],
  ])('%o and %o are told apart', (one, other) => {
    expect(canonicalKey(one)).not.toBe(canonicalKey(other));
  });

  test('an absent field and an undefined one are the same', () => {
    expect(canonicalKey({ a: 1, b: undefined })).toBe(canonicalKey({ a: 1 }));
  });

  test('bytes count by content: a view of a larger buffer is the same as a copy', () => {
    const view = Uint8Array.of(9, 1, 2, 9).subarray(1, 3);
    expect(canonicalKey({ bytes: view })).toBe(canonicalKey({ bytes: Uint8Array.of(1, 2) }));
  });

  test('short keys are kept as text, long ones hashed', () => {
    expect(canonicalKey({ b: [1, null], a: 'x' })).toBe('{"a":"x","b":[1,null]}');
    expect(canonicalKey('a'.repeat(100_000))).toMatch(/^sha256:.{43}$/);
  });

  test('what it cannot tell apart for sure has no key', () => {
    expect(canonicalKey({ nested: [new Map()] })).toBeNull();
    expect(canonicalKey(() => {})).toBeNull();
  });

  test('equal inputs have equal keys, different ones have different keys', () => {
    fc.assert(
      fc.property(input, input, (one, other) => {
        expect(canonicalKey(structuredClone(one))).toBe(canonicalKey(one));
        const areEqual = isDeepStrictEqual(withoutUndefined(one), withoutUndefined(other));
        expect(canonicalKey(one) === canonicalKey(other)).toBe(areEqual);
      }),
    );
  });
});

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutUndefined(field)]));
}
