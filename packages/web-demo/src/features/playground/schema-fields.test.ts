import { describe, expect, test } from 'vitest';
import { toFields } from './schema-fields.ts';

const only = (property: object, required: string[] = []) =>
  toFields({ properties: { field: property }, required })[0];

describe('toFields', () => {
  test('keeps the order of the schema', () => {
    const fields = toFields({ properties: { b: { type: 'string' }, a: { type: 'string' } } });
    expect(fields.map((field) => field.name)).toEqual(['b', 'a']);
  });

  test('a nullable number knows its bounds and that it may be missing', () => {
    const field = only({
      anyOf: [{ type: 'number', minimum: 10, maximum: 100 }, { type: 'null' }],
      description: 'Length',
    });
    expect(field).toMatchObject({
      kind: 'number',
      min: 10,
      max: 100,
      isInteger: false,
      isNullable: true,
      isRequired: false,
      help: 'Length',
    });
  });

  test('an enumeration is a choice, without the null that only says "nothing"', () => {
    expect(only({ enum: ['a', 'b', null] }, ['field'])).toMatchObject({
      kind: 'choice',
      options: ['a', 'b'],
      isRequired: true,
    });
  });

  test('a text gets several lines only when it may be long', () => {
    expect(only({ type: 'string', maxLength: 80 })).toMatchObject({ kind: 'text', isLong: false });
    expect(only({ type: 'string', maxLength: 200_000 })).toMatchObject({ kind: 'text', isLong: true });
    expect(only({ type: 'string' })).toMatchObject({ kind: 'text', isLong: true });
  });

  test('a boolean and a whole number have their own kinds', () => {
    expect(only({ type: 'boolean' })).toMatchObject({ kind: 'boolean' });
    expect(only({ type: 'integer' })).toMatchObject({ kind: 'number', isInteger: true });
  });

  test('the field of a file is one, whatever its schema says', () => {
    const [field] = toFields(
      { properties: { image: { type: 'string' } } },
      { field: 'image', types: ['image/png'] },
    );
    expect(field).toMatchObject({ kind: 'media', types: ['image/png'] });
  });

  test('what has no control of its own is written as JSON', () => {
    expect(only({ type: 'array', items: { type: 'number' } })).toMatchObject({ kind: 'json' });
    expect(only({})).toMatchObject({ kind: 'json' });
  });

  test("the schema's title wins over the name", () => {
    expect(only({ type: 'string', title: 'Full name' })).toMatchObject({ label: 'Full name' });
  });
});
