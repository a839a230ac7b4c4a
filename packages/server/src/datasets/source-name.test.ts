import { describe, expect, test } from 'vitest';
import { formatOfName, toContentDisposition, toDatasetName, toSourceName } from './source-name.ts';

describe('the name of a file', () => {
  test.each([
    ['birds.csv', 'birds.csv'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\data\\birds.csv', 'birds.csv'],
    ['a\0b\r\n.csv', 'ab.csv'],
    ['..', 'upload'],
    ['', 'upload'],
    [undefined, 'upload'],
    ['x'.repeat(500), 'x'.repeat(200)],
    ['\ud800.csv', '\ufffd.csv'],
  ])('%j is kept as %j', (given, name) => expect(toSourceName(given)).toBe(name));

  test.each([
    ['birds.csv', 'birds', 'csv'],
    ['birds.CSV.gz', 'birds', 'csv'],
    ['birds.v2.jsonl', 'birds.v2', 'ndjson'],
    ['.csv', '.csv', 'csv'],
    ['birds', 'birds', 'csv'],
    ['digits.zip', 'digits', 'images'],
  ])('%j names the dataset %j, of the format %s', (file, name, format) => {
    expect(toDatasetName(file)).toBe(name);
    expect(formatOfName(file)).toBe(format);
  });
});

describe('the header of a download', () => {
  test.each([
    ['Birds', 'attachment; filename="Birds.csv"; filename*=UTF-8\'\'Birds.csv'],
    ['Vögel', 'attachment; filename="Vo_gel.csv"; filename*=UTF-8\'\'V%C3%B6gel.csv'],
    ['a"; evil="1', 'attachment; filename="a-; evil=-1.csv"; filename*=UTF-8\'\'a-%3B%20evil%3D-1.csv'],
    ['../../x', 'attachment; filename="..-..-x.csv"; filename*=UTF-8\'\'..-..-x.csv'],
    [
      'a\r\nset-cookie: b',
      'attachment; filename="aset-cookie- b.csv"; filename*=UTF-8\'\'aset-cookie-%20b.csv',
    ],
  ])('of %j cannot say more than a name', (name, header) =>
    expect(toContentDisposition(name, 'csv')).toBe(header),
  );
});
