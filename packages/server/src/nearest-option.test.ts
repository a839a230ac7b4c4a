import { rowFilterSchema } from '@oriel/schemas';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { toInputError } from './input-error.ts';

describe('a value of several kinds', () => {
  const faultsOf = (schema: z.ZodType, value: unknown) => {
    const { error } = schema.safeParse(value);
    return error && toInputError(error).issues?.map(({ path, message }) => [path.join('.'), message]);
  };

  test.each([
    [
      'the name of another kind’s field',
      { column: 'a', op: 'in', value: [1] },
      [
        ['values', 'Invalid input: expected array, received undefined'],
        ['', 'Unrecognized key: "value"'],
      ],
    ],
    [
      'a value of no type that will do',
      { column: 'a', op: 'eq', value: null },
      [['value', 'Invalid input: expected string or number or boolean, received null']],
    ],
    [
      'an op that there is not',
      { column: 'a', op: 'like', value: 'x' },
      [['op', 'Invalid option: expected one of "eq"|"ne"|"lt"|"lte"|"gt"|"gte"|"in"|"contains"|"isNull"']],
    ],
    [
      'one within others',
      { and: [{ column: 'a', op: 'eq', value: 1 }, { or: [{ column: 'a', op: 'isNull', value: 'yes' }] }] },
      [['and.1.or.0.value', 'Invalid input: expected boolean, received string']],
    ],
    ['nothing of any', {}, [['', 'must be a comparison of a column, or `and` or `or` with a list of them']]],
    ['another type altogether', 'a = 1', [['', 'Invalid input: expected object, received string']]],
  ])('that has %s is told what is wrong with the one that it is nearest to', (_what, value, expected) => {
    expect(faultsOf(rowFilterSchema, value)).toEqual(expected);
  });

  test('counts the faults that are told', () => {
    const schema = z.array(z.union([z.number(), z.strictObject({ a: z.number(), b: z.number() })]));
    const { error } = schema.safeParse([1, {}, {}, {}, {}]);
    const { message, issues } = toInputError(error ?? { issues: [] });
    expect(issues).toHaveLength(8);
    expect(message).toMatch(/\[1\]\.a: .*; and 3 more$/);
  });
});
