import type { ColumnProfile } from '@oriel/schemas';
import { expect, test } from 'vitest';
import { penguins } from '../../../test/models.ts';
import { findPredictedColumn } from './predicted-column.ts';

const column = (name: string, changes: Partial<ColumnProfile> = {}): ColumnProfile => ({
  name,
  type: 'text',
  nulls: 0,
  notFinite: 0,
  distinct: 3,
  min: null,
  max: null,
  mean: null,
  quantiles: null,
  topValues: [],
  histogram: null,
  ...changes,
});
const bins = [{ from: 0, to: 1, count: 5 }];
const output = penguins.contract.output;

test('is the first output with few different values', () => {
  const columns = [column('island'), column('probabilities.Adelie', { type: 'number' }), column('species')];
  expect(findPredictedColumn(columns, output)?.name).toBe('species');
});

test('is found under the name that it gets beside a column of its own name', () => {
  const columns = [column('species'), column('predicted_species_notes'), column('predicted_species')];
  expect(findPredictedColumn(columns, output)?.name).toBe('predicted_species');
});

test('is a number where no output has few values', () => {
  const model = { type: 'object', properties: { text: { type: 'string' }, price: { type: 'number' } } };
  const columns = [column('text', { distinct: 9000 }), column('price', { type: 'number', histogram: bins })];
  expect(findPredictedColumn(columns, model)?.name).toBe('price');
});

test('is none where there is nothing to draw', () => {
  expect(findPredictedColumn([column('island')], output)).toBeNull();
});
