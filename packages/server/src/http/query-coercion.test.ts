import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { queryCoercion } from './query-coercion.ts';

const schema = z.strictObject({
  limit: z.int().max(10).default(5),
  ratio: z.number().optional(),
  all: z.boolean().optional(),
  name: z.string().optional(),
});

describe('queryCoercion', () => {
  const { coerce, names } = queryCoercion(schema);

  test('turns texts into what their fields expect', () => {
    expect(coerce({ limit: '7', ratio: '0.5', all: 'true', name: '12' })).toEqual({
      limit: 7,
      ratio: 0.5,
      all: true,
      name: '12',
    });
  });

  test.each([
    { limit: 'seven' },
    { limit: '' },
    { limit: ' 7' },
    { limit: '0x7' },
    { all: 'yes' },
    { ratio: 'Infinity' },
    { ratio: '1e999' },
  ])('leaves %j for the schema to refuse', (query) => {
    expect(coerce(query)).toEqual(query);
    expect(schema.safeParse(coerce(query)).success).toBe(false);
  });

  test('tells what the fields are', () => {
    expect(names).toEqual(['limit', 'ratio', 'all', 'name']);
    expect(queryCoercion(undefined).names).toEqual([]);
  });

  test('does not loosen the schema for other callers', () => {
    expect(schema.safeParse({ limit: '7' }).success).toBe(false);
  });
});
