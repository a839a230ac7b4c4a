import { describe, expect, test } from 'vitest';
import { readBounds, resolveSchema } from './json-schema.ts';

describe('resolveSchema', () => {
  test('tells a nullable schema from what it holds, and keeps the outer description', () => {
    const schema = { anyOf: [{ type: 'number', minimum: 1 }, { type: 'null' }], description: 'Mass' };
    expect(resolveSchema(schema, {})).toEqual({
      schema: { type: 'number', minimum: 1, description: 'Mass' },
      isNullable: true,
    });
  });

  test('follows references, also inside a nullable', () => {
    const root = { $defs: { Sex: { type: 'string', enum: ['f', 'm'] } } };
    const { schema, isNullable } = resolveSchema(
      { anyOf: [{ $ref: '#/$defs/Sex' }, { type: 'null' }] },
      root,
    );
    expect(schema.enum).toEqual(['f', 'm']);
    expect(isNullable).toBe(true);
  });

  test('reads null among the types', () => {
    expect(resolveSchema({ type: ['string', 'null'] }, {})).toEqual({
      schema: { type: 'string' },
      isNullable: true,
    });
  });

  test('leaves a union of several things as it is', () => {
    const schema = { anyOf: [{ type: 'number' }, { type: 'string' }] };
    expect(resolveSchema(schema, {})).toEqual({ schema, isNullable: false });
  });

  test('ends on a schema that refers to itself', () => {
    const root = { $defs: { Tree: { $ref: '#/$defs/Tree' } } };
    expect(resolveSchema({ $ref: '#/$defs/Tree' }, root).isNullable).toBe(false);
  });
});

describe('readBounds', () => {
  test('takes the largest exact integers for no bounds at all', () => {
    expect(readBounds({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER })).toEqual({
      min: null,
      max: null,
    });
    expect(readBounds({ minimum: 0, exclusiveMaximum: 10 })).toEqual({ min: 0, max: 10 });
  });
});
