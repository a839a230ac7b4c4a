import { describe, expect, test } from 'vitest';
import { findFormat } from './find-format.ts';

const find = (text: string, name: string, more: object = {}) =>
  findFormat({ start: Buffer.from(text, 'latin1'), name, isPacked: false, ...more }).format;

describe('the format of a file', () => {
  test.each([
    ['a,b\n1,2', 'rows.csv', 'csv'],
    ['a\tb\n1\t2', 'ROWS.TSV', 'tsv'],
    ['[{"a":1}]', 'rows.json', 'json'],
    ['{"a":1}', 'rows.jsonl', 'ndjson'],
    ['a,b\n1,2', 'rows.csv.gz', 'csv'],
    ['PAR1....', 'rows.parquet', 'parquet'],
    ['PAR1....', 'rows.csv', 'parquet'],
    ['PK\x03\x04', 'pictures.zip', 'images'],
    [' [{"a":1}]', 'upload', 'json'],
    ['{"a":1}', 'upload', 'ndjson'],
    ['name\nx', 'upload', 'csv'],
    ['<a>,b\n1,2', 'upload', 'csv'],
  ])('%j called %s is %s', (text, name, format) => expect(find(text, name)).toBe(format));

  test('what was told wins over the name', () => {
    expect(find('a|b', 'rows.json', { told: 'csv' })).toBe('csv');
  });

  test.each([
    ['', 'rows.csv', {}, 'It is empty.'],
    ['%PDF-1.7', 'rows.csv', {}, 'It is a PDF file.'],
    ['\xd0\xcf\x11\xe0', 'rows.xls', {}, 'Save the sheet as CSV.'],
    ['\x89PNG\r\n', 'bird.png', {}, 'It is an image.'],
    ['\xff\xd8\xff\xe0', 'bird.jpg', {}, 'It is an image.'],
    ['<!DOCTYPE html>\n<html>', 'rows.csv', {}, 'It is a web page'],
    ['\xef\xbb\xbf\n<html lang="en">', 'download', {}, 'It is a web page'],
    ['<?xml version="1.0"?>', 'rows.xml', {}, 'It is an XML file.'],
    ['a,b', 'rows.parquet', {}, 'does not begin like one'],
    ['a,b', 'pictures.zip', {}, 'does not begin like one'],
    ['PK\x03\x04', 'rows.csv', { told: 'csv' }, 'said to be csv'],
    ['PAR1', 'rows.parquet.gz', { isPacked: true }, 'may be packed with gzip'],
  ])('refuses %j called %s %j', (text, name, more, message) =>
    expect(() => find(text, name, more)).toThrow(message),
  );
});
