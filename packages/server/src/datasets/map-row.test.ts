import { digits, penguins, spam } from '@oriel/models';
import { type Column, defineContract, quickParse } from '@oriel/schemas';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import { columnsOfMapping, createRowMapper } from './map-row.ts';

const columns = (types: Record<string, Column['type']>): Column[] =>
  Object.entries(types).map(([name, type]) => ({ name, type }));

/** Every kind of field, required and not. */
const kinds = defineContract({
  id: 'kinds',
  title: '',
  description: '',
  task: 'tabular',
  input: z.strictObject({
    number: z.number(),
    count: z.int().optional(),
    nullable: z.number().nullable(),
    nullish: z.number().nullish(),
    text: z.string().optional(),
    choice: z.enum(['a', 'b']).optional(),
    flag: z.boolean().optional(),
    list: z.array(z.number()).optional(),
    either: z.union([z.string(), z.number()]).optional(),
  }),
  output: z.object({}),
  examples: [{ title: '', input: { number: 1, nullable: null } }],
});

function readAs(field: string, cell: unknown): unknown {
  const required = { number: 'number', nullable: 'nullable' };
  const mapRow = createRowMapper(kinds, columns({ cell: 'text', number: 'number', nullable: 'number' }), {
    ...required,
    [field]: 'cell',
  });
  // any value that a row can hold
  return mapRow({ number: 1, nullable: 2, cell: cell as string })[field];
}

describe('a cell', () => {
  test.each([
    // field, cell, what the model is given; undefined: left out
    ['number', 39.1, 39.1],
    ['number', '39.1', 39.1],
    ['number', '007', '007'],
    ['number', '1,5', '1,5'],
    ['number', '9007199254740993', '9007199254740993'],
    ['number', null, null],
    ['number', '', null],
    ['count', null, undefined],
    ['count', '', undefined],
    ['nullable', null, null],
    ['nullish', null, null],
    ['text', 'x', 'x'],
    ['text', '', ''],
    ['text', null, undefined],
    ['text', 2024, '2024'],
    ['text', true, 'true'],
    ['choice', '', undefined],
    ['choice', 'c', 'c'],
    ['flag', true, true],
    ['flag', 'TRUE', true],
    ['flag', 'false', false],
    ['flag', 'yes', 'yes'],
    ['flag', 1, 1],
    ['list', [1, 2], [1, 2]],
    ['list', '[1, 2]', [1, 2]],
    ['list', '[1, 2', '[1, 2'],
    ['either', '5', '5'],
    ['either', 5, 5],
  ])('for the field %s: %j becomes %j', (field, cell, value) => {
    expect(readAs(field, cell)).toEqual(value);
  });
});

describe('a row', () => {
  const names = columns({ Insel: 'text', laenge: 'text', geschlecht: 'text', notiz: 'text' });
  const mapping = { island: 'Insel', culmenLengthMm: 'laenge', sex: 'geschlecht' };

  test('becomes an input with the mapped fields alone', () => {
    const mapRow = createRowMapper(penguins, names, mapping);
    const input = mapRow({ Insel: 'Dream', laenge: '39.5', geschlecht: '', notiz: 'x' });
    expect(input).toEqual({ island: 'Dream', culmenLengthMm: 39.5, sex: null });
    expect(quickParse(penguins.input, input).success).toBe(true);
  });

  test('with nothing in it is refused by the contract, which names the field', () => {
    const input = createRowMapper(penguins, names, mapping)({ Insel: null, laenge: null, geschlecht: null });
    expect(quickParse(penguins.input, input).error?.issues[0]?.path).toEqual(['island']);
  });

  test('gives images as base64, whichever way they are read', () => {
    const [{ input: example }] = digits.examples;
    const bytes = Uint8Array.from(Buffer.from(example.image, 'base64'));
    const mapRow = createRowMapper(digits, columns({ file: 'text', image: 'image' }), { image: 'image' });
    expect(mapRow({ image: bytes })).toEqual(example);
    expect(mapRow({ image: example.image })).toEqual(example);
  });

  test('is read once for a column that fills two fields', () => {
    const both = { subject: 'mail', body: 'mail' };
    expect(columnsOfMapping(both)).toEqual(['mail']);
    expect(createRowMapper(spam, columns({ mail: 'text' }), both)({ mail: 'x' })).toEqual({
      subject: 'x',
      body: 'x',
    });
  });
});

describe('a mapping is refused before any row is read', () => {
  const names = columns({ island: 'text' });
  test.each([
    ['a field that there is not', { island: 'island', islnd: 'island' }, 'islnd', 'unknown_field'],
    ['a column that there is not', { island: 'iland' }, 'island', 'unknown_column'],
    ['a required field that none fills', {}, 'island', 'required'],
    ['a name of every object', { island: 'island', toString: 'island' }, 'toString', 'unknown_field'],
  ])('%s', (_name, mapping, field, rule) => {
    const refused = catchError(() => createRowMapper(penguins, names, mapping));
    expect(refused).toMatchObject({ code: 'INPUT_INVALID' });
    expect(refused.issues).toEqual([{ path: ['mapping', field], rule, message: expect.any(String) }]);
  });
});

function catchError(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('nothing was refused');
}
