import fc from 'fast-check';
import superjson from 'superjson';
import { describe, expect, test } from 'vitest';
import { wireFormat } from './wire-format.ts';

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('wireFormat', () => {
  test('writes plain JSON untouched, without a copy', () => {
    const value = { a: [1, 'x', null, { b: true }] };
    expect(wireFormat.serialize(value)).toEqual({ json: value });
    expect(wireFormat.serialize(value)).toHaveProperty('json', value);
  });

  test('writes the same bytes as superjson does, whatever the value', () => {
    // superjson refuses keys that reach an object's prototype
    const key = fc.string().filter((name) => !['__proto__', 'constructor', 'prototype'].includes(name));
    const values = fc.anything({
      key,
      withDate: true,
      withMap: true,
      withSet: true,
      withBigInt: true,
      withNullPrototype: false,
    });
    fc.assert(
      fc.property(values, (value) => {
        expect(JSON.stringify(wireFormat.serialize(value))).toBe(JSON.stringify(superjson.serialize(value)));
      }),
    );
  });

  test('reads what superjson wrote: dates, sets, undefined', () => {
    const value = { at: new Date(0), ids: new Set([1]), gone: undefined };
    expect(wireFormat.deserialize(throughJson(superjson.serialize(value)))).toEqual(value);
  });

  test.each([null, 1, 'text', [], {}])('reads %j, which is no envelope, as nothing', (wire) => {
    expect(wireFormat.deserialize(wire)).toBeUndefined();
  });
});
