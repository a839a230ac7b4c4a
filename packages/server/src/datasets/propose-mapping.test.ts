import { digits, penguins, spam } from '@oriel/models';
import type { Column } from '@oriel/schemas';
import { describe, expect, test } from 'vitest';
import { proposeMapping } from './propose-mapping.ts';

const columns = (types: Record<string, Column['type']>): Column[] =>
  Object.entries(types).map(([name, type]) => ({ name, type }));

describe('proposed for a model’s fields', () => {
  test('are columns of the same name, whatever their type', () => {
    const { mapping, fields } = proposeMapping(penguins, columns({ sex: 'text', island: 'integer' }));
    expect(mapping).toEqual({ island: 'island', sex: 'sex' });
    expect(fields.map(({ field, isRequired, column }) => [field, isRequired, column])).toEqual([
      ['island', true, 'island'],
      ['culmenLengthMm', false, null],
      ['culmenDepthMm', false, null],
      ['flipperLengthMm', false, null],
      ['bodyMassG', false, null],
      ['sex', false, 'sex'],
    ]);
    expect(fields.every(({ reason }) => reason !== '')).toBe(true);
  });

  test.each(['culmen_length_mm', 'CULMEN LENGTH (MM)', 'Culmen-Length', 'culmenLength', 'culmen_length'])(
    'is %j for culmenLengthMm',
    (name) => {
      expect(proposeMapping(penguins, columns({ [name]: 'number' })).mapping).toEqual({
        culmenLengthMm: name,
      });
    },
  );

  test('is no column of another unit', () => {
    const { mapping, fields } = proposeMapping(penguins, columns({ body_mass_kg: 'number' }));
    expect(mapping).toEqual({});
    expect(fields.find(({ field }) => field === 'bodyMassG')?.reason).toBe(
      'The column "body_mass_kg" has another unit of measure.',
    );
  });

  test('is none of two that are alike', () => {
    const { mapping, fields } = proposeMapping(penguins, columns({ Sex: 'text', SEX: 'text' }));
    expect(mapping).toEqual({});
    expect(fields.find(({ field }) => field === 'sex')?.reason).toContain('Both "Sex" and "SEX"');
  });

  test('is the only column left of a type that fits, for a required field', () => {
    expect(
      proposeMapping(digits, columns({ file: 'text', width: 'integer', picture: 'image' })).mapping,
    ).toEqual({
      image: 'picture',
    });
    expect(
      proposeMapping(spam, columns({ id: 'integer', Subject: 'text', message: 'text' })).mapping,
    ).toEqual({
      subject: 'Subject',
      body: 'message',
    });
  });

  test('is no guess: neither of two columns, nor one for a field that may be left out', () => {
    expect(proposeMapping(spam, columns({ a: 'text', b: 'text' })).mapping).toEqual({});
    expect(proposeMapping(penguins, columns({ island: 'text', year: 'integer' })).mapping).toEqual({
      island: 'island',
    });
  });

  test('a column fills one field alone', () => {
    const { mapping } = proposeMapping(penguins, columns({ Island: 'text', island: 'text' }));
    expect(mapping).toEqual({ island: 'island' });
  });
});
