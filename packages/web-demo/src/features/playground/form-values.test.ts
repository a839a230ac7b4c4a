import { describe, expect, test } from 'vitest';
import { readFormValues, toFormValues } from './form-values.ts';
import { toFields } from './schema-fields.ts';

const fields = toFields({
  properties: {
    island: { enum: ['Biscoe', 'Dream'] },
    mass: { anyOf: [{ type: 'number' }, { type: 'null' }] },
    note: { type: 'string' },
    ringed: { type: 'boolean' },
    tags: { type: 'array' },
    weight: { type: ['number', 'null'] },
  },
  required: ['island', 'ringed', 'weight'],
});

describe('a form and its input', () => {
  test('an input survives the way into the form and back', () => {
    const input = {
      island: 'Dream',
      mass: 12.5,
      note: ' as typed ',
      ringed: true,
      tags: ['a', 1],
      weight: 3,
    };
    expect(readFormValues(fields, toFormValues(fields, input))).toEqual({ input, issues: [] });
  });

  test('an emptied optional field is left out; a required one that takes null is null', () => {
    const values = { ...toFormValues(fields, { island: 'Dream' }), mass: ' ' };
    expect(readFormValues(fields, values).input).toEqual({ island: 'Dream', ringed: false, weight: null });
  });

  test('what cannot be sent at all is refused beside its field', () => {
    const values = { ...toFormValues(fields, undefined), mass: 'heavy', tags: '[1,' };
    expect(readFormValues(fields, values).issues).toEqual([
      { path: ['island'], rule: 'form', message: 'must be chosen' },
      { path: ['mass'], rule: 'form', message: 'must be a number, such as 12.5' },
      { path: ['tags'], rule: 'form', message: 'must be valid JSON' },
    ]);
  });

  test('whether a number is in range is left to the contract', () => {
    const [field] = toFields({ properties: { mass: { type: 'number', maximum: 10 } } });
    expect(field && readFormValues([field], { mass: '99' })).toEqual({ input: { mass: 99 }, issues: [] });
  });

  test('options keep their types', () => {
    const choice = toFields({ properties: { size: { enum: [1, '1', true] } } });
    expect(readFormValues(choice, toFormValues(choice, { size: 1 })).input).toEqual({ size: 1 });
    expect(readFormValues(choice, toFormValues(choice, { size: '1' })).input).toEqual({ size: '1' });
  });
});
