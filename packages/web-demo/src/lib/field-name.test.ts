import { expect, test } from 'vitest';
import { readFieldName } from './field-name.ts';

test.each([
  ['bodyMassG', 'Body mass', 'g'],
  ['culmenLengthMm', 'Culmen length', 'mm'],
  ['island', 'Island', null],
  ['spamProbability', 'Spam probability', null],
  ['loan_amount', 'Loan amount', null],
  ['g', 'G', null],
])('%s is "%s" in %s', (name, label, unit) => {
  expect(readFieldName(name)).toEqual({ label, unit });
});
