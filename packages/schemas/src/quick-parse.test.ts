import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { quickParse } from './quick-parse.ts';

const pixels = z.array(z.number().min(0).max(1));

describe('quickParse', () => {
  test.each<[string, z.ZodType, unknown]>([
    ['numbers in a list', pixels.length(3), [0, 0.5, 1]],
    ['whole numbers', z.array(z.int().positive().multipleOf(3)), [3, 6]],
    ['a text', z.string().min(1).max(5), 'maybe'],
    [
      'fields, some of them left out',
      z.strictObject({ a: z.boolean(), b: z.number().nullish() }),
      { a: true },
    ],
    ['a field that is there but undefined', z.object({ a: z.number().optional() }), { a: undefined }],
    ['fields that the schema does not name', z.object({ a: z.enum(['x', 'y']) }), { a: 'x', b: 1 }],
    ['a list of objects', z.object({ list: z.array(z.object({ a: z.literal(1) })) }), { list: [{ a: 1 }] }],
    [
      'an extended schema',
      z.object({ a: z.null() }).safeExtend({ v: z.string().brand('v') }),
      { a: null, v: '' },
    ],
    ['anything', z.array(z.unknown()).max(2), [undefined, Symbol.iterator]],
    ['what is wrong', pixels, [0, 2]],
    ['what looks wrong: two characters of four units', z.string().max(2), '\u{1f600}\u{1f600}'],
    ['a refinement', z.number().refine((value) => value > 0), 1],
    ['a format', z.object({ id: z.uuid() }), { id: crypto.randomUUID() }],
    ['a default', z.object({ limit: z.int().default(50) }), {}],
    ['a list that is none of ours', pixels, Object.setPrototypeOf([1], null)],
  ])('gives what the schema gives: %s', (_name, schema, value) => {
    expect(quickParse(schema, value)).toStrictEqual(schema.safeParse(value));
  });

  test('gives a copy: what becomes of the value does not reach it', () => {
    const value = { pixels: [0, 1] };
    const result = quickParse(z.object({ pixels }), value);
    value.pixels.fill(0.5);
    expect(result).toEqual({ success: true, data: { pixels: [0, 1] } });
  });

  test('reads each part once: what was checked is what is given', () => {
    let reads = 0;
    const value = {
      get a() {
        reads += 1;
        return reads;
      },
    };
    expect(quickParse(z.object({ a: z.literal(1) }), value)).toEqual({ success: true, data: { a: 1 } });
    expect(reads).toBe(1);
  });

  test('inherited fields count, as with zod', () => {
    const schema = z.strictObject({ a: z.number().optional() });
    expect(quickParse(schema, Object.create({ a: 1 }))).toStrictEqual({ success: true, data: { a: 1 } });
    expect(quickParse(schema, Object.create({ b: 1 })).success).toBe(false);
  });

  test('takes a schema that holds itself', () => {
    const tree = z.object({
      name: z.string(),
      get parts() {
        return z.array(tree).optional();
      },
    });
    const value = { name: 'root', parts: [{ name: 'leaf' }] };
    expect(quickParse(tree, value)).toEqual({ success: true, data: value });
    expect(quickParse(tree, { name: 'root', parts: [{}] }).success).toBe(false);
  });
});
