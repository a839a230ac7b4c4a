import { expect, test } from 'vitest';
import { formatOfFileName, toDatasetName } from './file-name.ts';

test.each([
  ['birds.csv', 'birds', 'csv'],
  ['Birds of 2008.JSONL', 'Birds of 2008', 'ndjson'],
  ['birds.csv.gz', 'birds', 'csv'],
  ['images.zip', 'images', 'images'],
  ['v1.2', 'v1.2', undefined],
  ['birds.gz', 'birds.gz', undefined],
  ['.csv', '.csv', 'csv'],
  ['constructor', 'constructor', undefined],
])('%s is the dataset %s of format %s', (fileName, name, format) => {
  expect([toDatasetName(fileName), formatOfFileName(fileName)]).toEqual([name, format]);
});

test('a name that only files may have becomes one that datasets may', () => {
  expect(toDatasetName('birds\nof\u00002008.csv')).toBe('birds of 2008');
  expect(toDatasetName(`${'x'.repeat(240)}.csv`)).toBe('x'.repeat(200));
  expect(toDatasetName(`${'x'.repeat(199)}🐧.csv`)).toBe(`${'x'.repeat(199)}\uFFFD`);
});
