import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalKey } from './canonical-key.ts';
import { numberListText } from './number-list-text.ts';

const input = fc.object({
  withDate: true,
  withBigInt: true,
  withTypedArray: true,
  withNullPrototype: false,
  maxDepth: 3,
});

/** A list of numbers, more or less, around the length from which they are hashed. */
const longList = fc
  .record({
    length: fc.integer({ min: 62, max: 66 }),
    items: fc.dictionary(
      fc.nat(61).map(String),
      fc.oneof(fc.constantFrom<unknown>(0, -0, 1, NaN, Infinity, null, '1'), fc.double()),
      { maxKeys: 2 },
    ),
  })
  .map(({ length, items }): unknown[] => Object.assign(ramp(length), items));

/** Two inputs that hold equal lists, or a list and a text that looks like what stands for it. */
const likeInputs = fc.record({ list: longList, name: fc.constantFrom('a', 'b') }).chain(({ list, name }) => {
  const texts = ['', '\0', '\0\0'].map((start) => `${start}${numberListText(list)}`);
  const part = fc.oneof(fc.constant(list), longList, fc.constantFrom(...texts));
  return fc.tuple(
    part.map((value) => ({ [name]: value })),
    part.map((value) => ({ a: value })),
  );
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
    [ramp(10_000), [...ramp(10_000).slice(0, -1), 2]],
    [ramp(100), ramp(101)],
    [ramp(100), ramp(100).toReversed()],
    [ramp(100), ramp(100).map(String)],
    [ramp(100), Float64Array.from(ramp(100))],
    [
      [0, ...ramp(99)],
      [-0, ...ramp(99)],
    ],
    [
      [1, ...ramp(99)],
      [1 + Number.EPSILON, ...ramp(99)],
    ],
    [
      [...ramp(99), null],
      [...ramp(99), NaN],
    ],
    [ramp(100), Object.assign(ramp(100), { 50: NaN })],
    [
      { a: ramp(100), b: [] },
      { a: [], b: ramp(100) },
    ],
    [
      [ramp(100), ramp(64)],
      [ramp(64), ramp(100)],
    ],
    ['\0a', '\0\0a'],
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

  test('a long list of numbers takes little room, and no text passes for it', () => {
    const key = String(canonicalKey({ pixels: ramp(784) }));
    expect(key.length).toBeLessThan(100);
    const impostor: unknown = JSON.parse(key);
    expect(impostor).toEqual({ pixels: expect.any(String) });
    expect(canonicalKey(impostor)).not.toBe(key);
    const text: unknown = JSON.parse(String(canonicalKey(ramp(784))));
    expect(canonicalKey(text)).not.toBe(canonicalKey(ramp(784)));
  });

  test('a long list counts by its numbers: not by how it is held, nor by what came before', () => {
    const key = canonicalKey(ramp(100));
    canonicalKey(ramp(200).toReversed());
    expect(canonicalKey(ramp(100))).toBe(key);
    expect(canonicalKey(Object.assign(new Array<number>(100), ramp(100)))).toBe(key);
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

  test('so have inputs with long lists, and with texts that look like what stands for one', () => {
    fc.assert(
      fc.property(likeInputs, ([one, other]) => {
        expect(canonicalKey(structuredClone(one))).toBe(canonicalKey(one));
        expect(canonicalKey(one) === canonicalKey(other)).toBe(isDeepStrictEqual(one, other));
      }),
    );
  });
});

function ramp(length: number): number[] {
  return Array.from({ length }, (_, index) => index / length);
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutUndefined(field)]));
}
