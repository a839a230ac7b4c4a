import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { quickParse } from './quick-parse.ts';

/** A schema, and values that it may take: right ones, nearly right ones and odd ones. */
interface Kind {
  readonly schema: z.ZodType;
  readonly values: fc.Arbitrary<unknown>;
}

const bound = fc.constantFrom(-2, -0.5, -0, 0, 0.5, 1, 3);
const aroundBounds = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(-2, -1, -0.5, -0, 0, 0.25, 0.5, 1, 2, 3, 6) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, 2 ** 31, 2 ** 53, -(2 ** 53), 1e300, '1', null),
  },
);
const numberStep = fc.oneof(
  fc.record({ name: fc.constantFrom('min', 'max', 'gt', 'lt'), value: bound }),
  fc.record({ name: fc.constant('multipleOf'), value: fc.constantFrom(0.1, 0.5, 2) }),
  fc.record({ name: fc.constant('int') }),
) as fc.Arbitrary<{ name: 'min' | 'max' | 'gt' | 'lt' | 'multipleOf' | 'int'; value?: number }>;

const numberKind: fc.Arbitrary<Kind> = fc
  .tuple(
    fc.constantFrom(z.number, z.int, z.int32, z.uint32, z.float32, z.float64),
    fc.array(numberStep, { maxLength: 3 }),
  )
  .map(([make, steps]) => ({
    schema: steps.reduce((schema: z.ZodNumber, { name, value }) => schema[name](value as never), make()),
    values: aroundBounds,
  }));

const lengthStep = fc.record({
  name: fc.constantFrom('min' as const, 'max' as const, 'length' as const),
  value: fc.nat(3),
});
const steps = fc.array(lengthStep, { maxLength: 2 });
const text = fc.array(fc.constantFrom('a', 'b', '\u{1f600}', '\ud800'), { maxLength: 5 });

const stringKind: fc.Arbitrary<Kind> = steps.map((list) => ({
  schema: list.reduce((schema, { name, value }) => schema[name](value), z.string()),
  values: text.map((characters) => characters.join('')),
}));

const leafKind = fc.oneof(
  numberKind,
  numberKind,
  stringKind,
  fc.constantFrom<Kind>(
    { schema: z.boolean(), values: fc.constantFrom<unknown>(true, false, 0, 'true') },
    { schema: z.null(), values: fc.constantFrom(null, undefined, 0) },
    { schema: z.enum(['a', 'b']), values: fc.constantFrom('a', 'b', 'c', 'toString') },
    { schema: z.literal(['a', 0, null, undefined]), values: fc.constantFrom('a', 0, -0, null, undefined, 1) },
    { schema: z.unknown(), values: fc.anything({ withNullPrototype: true }) },
    { schema: z.any().brand('any'), values: fc.anything() },
    { schema: z.coerce.number(), values: fc.constantFrom('1', 1, 'a', NaN) },
    { schema: z.coerce.string(), values: fc.constantFrom('1', 1, Symbol.iterator) },
    { schema: z.coerce.boolean(), values: fc.constantFrom(true, '', 1) },
    // what is left to zod
    { schema: z.string().trim(), values: fc.constantFrom('a', ' a ', 1) },
    { schema: z.string().transform((given) => given.length), values: fc.constantFrom('a', 1) },
    { schema: z.number().default(7), values: fc.constantFrom(1, undefined, null) },
    { schema: z.number().refine((given) => given > 0), values: fc.constantFrom(1, -1) },
    { schema: z.email(), values: fc.constantFrom('a@example.org', 'a') },
    { schema: z.union([z.number(), z.literal('none')]), values: fc.constantFrom(1, 'none', 'some') },
    { schema: z.number().catch(5), values: fc.constantFrom(1, 'a') },
    { schema: z.undefined(), values: fc.constantFrom(undefined, null) },
    { schema: z.date(), values: fc.constantFrom(new Date(0), 0) },
  ),
);

const wrappers: readonly ((schema: z.ZodType) => z.ZodType)[] = [
  (schema) => schema.optional(),
  (schema) => schema.nullable(),
  (schema) => schema.nullish(),
  (schema) => schema.optional().nullable(),
  (schema) => schema.exactOptional(),
  (schema) => schema.readonly(),
  (schema) => schema.describe('described').meta({ title: 'titled' }),
  (schema) => schema.nullable().refine((given) => given !== null),
];
const wrap = ({ schema, values }: Kind, wrapper: (schema: z.ZodType) => z.ZodType): Kind => ({
  schema: wrapper(schema),
  values: fc.oneof({ weight: 3, arbitrary: values }, fc.constantFrom(null, undefined)),
});

class OddList extends Array<unknown> {}

/** What may be strange about a list. */
const listOddities: readonly ((list: unknown[]) => unknown)[] = [
  (list) => Object.assign(list, { note: 'an own property' }),
  (list) => Object.assign(list, { length: list.length + 1 }),
  (list) => Object.setPrototypeOf(list, null),
  (list) => OddList.from(list),
  (list) => Object.assign(list, { constructor: { [Symbol.species]: OddList } }),
  (list) => withGetters(list),
  (list) => Object.assign({ length: list.length }, list),
  (list) => new Float64Array(list.length),
];

/** What may be strange about an object. */
const objectOddities: readonly ((fields: Record<string, unknown>) => unknown)[] = [
  (fields) => ({ ...fields, extra: 1 }),
  (fields) => ({ ...fields, a: undefined }),
  (fields) => ({ ...fields, [Symbol('own')]: 1 }),
  (fields) => Object.defineProperty(fields, 'hidden', { value: 1, enumerable: false }),
  (fields) => Object.defineProperty(fields, '__proto__', { value: { a: 1 }, enumerable: true }),
  (fields) => Object.setPrototypeOf(fields, null),
  (fields) => Object.setPrototypeOf(fields, { inherited: 1 }),
  (fields) => Object.create(fields),
  (fields) => Object.defineProperties(new Date(0), Object.getOwnPropertyDescriptors(fields)),
  (fields) => Object.defineProperties([], Object.getOwnPropertyDescriptors(fields)),
  (fields) => withGetters(fields),
  (fields) =>
    Object.defineProperty(fields, 'a', {
      get: () => {
        throw new Error('not to be read');
      },
      enumerable: true,
    }),
];

function withGetters(value: object): object {
  for (const [name, part] of Object.entries(value))
    Object.defineProperty(value, name, { get: () => part, enumerable: true });
  return value;
}

function sometimesOdd<T>(values: fc.Arbitrary<T>, oddities: readonly ((value: T) => unknown)[]) {
  return fc.oneof(
    { weight: 5, arbitrary: values },
    {
      weight: 2,
      arbitrary: fc.tuple(values, fc.constantFrom(...oddities)).map(([value, makeOdd]) => makeOdd(value)),
    },
  );
}

const { kind } = fc.letrec<{ kind: Kind; list: Kind; object: Kind; wrapped: Kind }>((tie) => ({
  kind: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'kind' },
    leafKind,
    tie('object'),
    tie('list'),
    tie('wrapped'),
  ),
  wrapped: fc
    .tuple(tie('kind'), fc.constantFrom(...wrappers))
    .map(([inner, wrapper]) => wrap(inner, wrapper)),
  list: fc.tuple(fc.oneof(tie('kind'), numberKind), steps).map(([{ schema, values }, list]) => ({
    schema: list.reduce((array, { name, value }) => array[name](value), z.array(schema)),
    values: sometimesOdd(fc.array(values, { maxLength: 4 }), listOddities),
  })),
  object: fc
    .tuple(
      fc.constantFrom(z.object, z.strictObject, z.looseObject),
      // in no order of the alphabet, one of them inherited by every object
      fc.dictionary(fc.constantFrom('b', 'a', 'toString', '__proto__', '0'), tie('kind'), { maxKeys: 4 }),
    )
    .map(([make, kinds]) => ({
      schema: make(mapFields(kinds, ({ schema }) => schema)),
      values: sometimesOdd(
        fc.record<Record<string, unknown>>(
          mapFields(kinds, ({ values }) => values),
          { requiredKeys: [], noNullPrototype: true },
        ),
        objectOddities,
      ),
    })),
}));

function mapFields<T, U>(fields: Record<string, T>, map: (field: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, map(field)]));
}

/** What a parse came to, with the order of keys. */
function outcomeOf(parse: () => z.ZodSafeParseResult<unknown>): unknown {
  try {
    const result = parse();
    if (!result.success) return { issues: result.error.issues };
    return { data: result.data, text: inspect(result.data, { depth: null }) };
  } catch (error) {
    return { error };
  }
}

test('gives what zod gives, whatever the schema and the value', () => {
  fc.assert(
    fc.property(
      kind.chain(({ schema, values }) =>
        fc.record({
          schema: fc.constant(schema),
          value: fc.oneof({ weight: 9, arbitrary: values }, fc.anything()),
        }),
      ),
      ({ schema, value }) => {
        const expected = outcomeOf(() => schema.safeParse(value));
        expect(outcomeOf(() => quickParse(schema, value))).toStrictEqual(expected);
      },
    ),
    { numRuns: 3000 },
  );
});
