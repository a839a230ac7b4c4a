import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pack, unpack } from './packed-values.ts';

/** To another thread and back out of its packing. */
const travel = (values: readonly unknown[]) => Array.from(unpack(structuredClone(pack(values))));

const cell = fc.oneof(
  fc.double(),
  fc.constantFrom('Biscoe', 'Dream', 'Torgersen', null, true, false),
  fc.string(),
  fc.bigInt(),
  fc.constant(undefined),
  fc.uint8Array({ maxLength: 4 }),
  fc.array(fc.double(), { maxLength: 3 }),
  fc.record({ a: fc.double(), b: fc.string() }, { requiredKeys: [], noNullPrototype: true }),
);
/** Columns of one kind for the most part, as tables have them. */
const column = fc.oneof(
  fc.constant(fc.double()),
  fc.constant(fc.option(fc.double())),
  fc.constant(fc.constantFrom('male', 'female', null)),
  fc.constant(cell),
);
const rows = fc
  .tuple(column, column, column)
  .chain(([a, b, c]) => fc.array(fc.record({ a, b, c }, { requiredKeys: [], noNullPrototype: true })));

describe('values that were packed come out as they went in', () => {
  test('whatever they are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(cell), rows), (values) => {
        const arrived = travel(values);
        expect(arrived).toStrictEqual(values);
        expect(arrived.map(keysOf)).toEqual(values.map(keysOf));
      }),
    );
  });

  test('rows of other keys, or of the same in another order, between the others', () => {
    const values = [{ a: 1, b: 'x' }, { b: 'y', a: 2 }, { a: 3 }, {}, { a: 4, b: 'z' }];
    expect(travel(values).map(keysOf)).toEqual([['a', 'b'], ['b', 'a'], ['a'], [], ['a', 'b']]);
    expect(travel(values)).toStrictEqual(values);
  });

  test('a key that would set the prototype', () => {
    const values: unknown[] = [JSON.parse('{"__proto__":{"polluted":1},"a":1}')];
    const [row] = travel(values);
    expect(Object.keys(row as object)).toEqual(['__proto__', 'a']);
    expect((row as { polluted?: number }).polluted).toBeUndefined();
  });

  test('thousands of different texts, and more shapes than are counted', () => {
    const texts = Array.from({ length: 5000 }, (_, i) => ({ text: `mail ${i}` }));
    expect(travel(texts)).toStrictEqual(texts);
    const odd = Array.from({ length: 40 }, (_, i) => ({ [`field${i}`]: i }));
    expect(travel(odd)).toStrictEqual(odd);
  });

  test('objects within objects, however deep', () => {
    const deep = [1, 2].map((value) => ({ a: { b: { c: { d: { e: { f: value } } } } } }));
    expect(travel(deep)).toStrictEqual(deep);
  });
});

test('rows of a table travel as lists of numbers and codes', () => {
  const birds = Array.from({ length: 100 }, (_, i) => ({
    island: i % 2 ? 'Dream' : 'Biscoe',
    mass: i % 7 ? i : null,
  }));
  expect(pack(birds)).toMatchObject({
    kind: 'rows',
    shapes: [
      {
        keys: ['island', 'mass'],
        columns: [{ kind: 'words', words: ['Biscoe', 'Dream'] }, { kind: 'numbers' }],
      },
    ],
    shapeOf: null,
  });
});

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
