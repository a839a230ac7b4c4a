import { defineContract } from '@oriel/schemas';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { outputColumnsOf } from './output-columns.ts';

const contractOf = (output: z.ZodObject) =>
  defineContract({
    id: 'm',
    title: 'M',
    description: 'M.',
    task: 'tabular',
    input: z.strictObject({}),
    output,
    examples: [{ title: 'x', input: {} }],
  });

const point = z.object({ x: z.number(), y: z.number() }).meta({ id: 'Point' });

describe('the columns of outputs', () => {
  test('are named by their path, and typed by the contract', () => {
    const output = z.object({
      label: z.enum(['a', 'b']),
      count: z.int(),
      isSure: z.boolean(),
      score: z.number().nullable(),
      where: point.nullish(),
      from: point,
      list: z.array(z.number()),
      byName: z.record(z.string(), z.number()),
      either: z.union([z.string(), z.number()]),
    });
    const { columns, toRow } = outputColumnsOf(contractOf(output));
    expect(columns.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'label: text',
      'count: integer',
      'isSure: boolean',
      'score: number',
      'where.x: number',
      'where.y: number',
      'from.x: number',
      'from.y: number',
      'list: json',
      'byName: json',
      'either: json',
      'error_code: text',
      'error_message: text',
    ]);
    const row = toRow({
      label: 'a',
      count: 1,
      isSure: true,
      score: null,
      from: { x: 1, y: 2 },
      list: [1, 2],
      byName: { k: 1 },
      either: 'x',
    });
    expect(row).toEqual({
      label: 'a',
      count: 1,
      isSure: true,
      score: null,
      'where.x': null,
      'where.y': null,
      'from.x': 1,
      'from.y': 2,
      list: [1, 2],
      byName: { k: 1 },
      either: 'x',
      error_code: null,
      error_message: null,
    });
  });

  test('a row that failed has its reason, and nothing else', () => {
    const { toFailedRow, columns } = outputColumnsOf(contractOf(z.object({ a: z.number() })));
    const row = toFailedRow({ code: 'INPUT_INVALID', message: 'no' });
    expect(row).toEqual({ a: null, error_code: 'INPUT_INVALID', error_message: 'no' });
    expect(Object.keys(row)).toEqual(columns.map(({ name }) => name));
  });

  test('a field that is left out has no value, whatever every object has under its name', () => {
    const within = z.object({
      valueOf: z.number().optional(),
      deeper: z.object({ toString: z.string().optional() }),
    });
    const { columns, toRow } = outputColumnsOf(
      contractOf(z.object({ constructor: z.string().optional(), within })),
    );
    expect(columns.slice(0, 3).map(({ name }) => name)).toEqual([
      'constructor',
      'within.valueOf',
      'within.deeper.toString',
    ]);
    const cellsOf = (output: unknown) => Object.values(toRow(output)).slice(0, 3);
    expect(cellsOf({ within: { deeper: {} } })).toEqual([null, null, null]);
    expect(cellsOf({})).toEqual([null, null, null]);
    expect(cellsOf({ constructor: 'a', within: { valueOf: 1, deeper: { toString: 'b' } } })).toEqual([
      'a',
      1,
      'b',
    ]);
  });

  test('no two have the same name', () => {
    const output = z.object({ 'a.b': z.number(), a: z.object({ b: z.number() }), error_code: z.string() });
    const { columns, errorColumn } = outputColumnsOf(contractOf(output));
    expect(columns.map(({ name }) => name)).toEqual([
      'a.b',
      'a.b_2',
      'error_code',
      'error_code_2',
      'error_message',
    ]);
    expect(errorColumn).toBe('error_code_2');
  });
});
