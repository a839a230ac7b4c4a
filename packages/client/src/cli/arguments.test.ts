import { describe, expect, test } from 'vitest';
import { commonOptions, findUrl, oneOf, readArguments, readPairs, wholeNumber } from './arguments.ts';
import { toInputFormat, toOutputFormat } from './formats.ts';
import { UsageError } from './terminal.ts';

describe('findUrl', () => {
  test.each([
    [['rows.csv', '--model', 'penguins', '--url', 'http://x'], 'http://x'],
    [['--url=http://x', '--map', 'a=b'], 'http://x'],
    [['--model', 'penguins'], undefined],
    [['--url'], undefined],
  ])('in %j it is %s', (args, url) => expect(findUrl(args)).toBe(url));
});

describe('readArguments', () => {
  test('tells values from names', () => {
    const { values, positionals } = readArguments(['--url', 'http://x', 'rows.csv', '--json'], {
      options: commonOptions,
      names: ['file'],
    });
    expect([values.url, values.json, positionals]).toEqual(['http://x', true, ['rows.csv']]);
  });

  test.each([
    [['--colour', 'blue', 'rows.csv'], '--colour'],
    [['a', 'b'], '"b" is one word too many.'],
    [[], 'Say which file.'],
    [[''], 'Say which file.'],
  ])('%j is refused', (args, message) => {
    const read = () => readArguments(args, { options: commonOptions, names: ['file'] });
    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
  });
});

describe('readPairs', () => {
  test('takes the first equals sign: columns may have some', () => {
    expect(readPairs(['bodyMassG=mass=g', 'sex=s'])).toEqual({ bodyMassG: 'mass=g', sex: 's' });
  });

  test('takes any name of a field', () => {
    expect(Object.entries(readPairs(['__proto__=a']))).toEqual([['__proto__', 'a']]);
  });

  test.each([[['island']], [['=a']], [['island=']], [['island=a', 'island=b']]])('%j is refused', (texts) => {
    expect(() => readPairs(texts)).toThrow(UsageError);
  });
});

test.each(['x', '1.5', '11', '-11', ''])('a priority of %j is refused', (text) => {
  expect(() => wholeNumber(text, '--priority', { min: -10, max: 10 })).toThrow(UsageError);
});

test('a choice that is not there is answered with those that are', () => {
  expect(() => oneOf('blue', '--colour', ['red', 'green'])).toThrow('--colour must be one of red, green.');
});

describe('formats', () => {
  test.each([
    ['rows.CSV', 'csv'],
    ['rows.jsonl', 'ndjson'],
    ['images.zip', 'images'],
    ['rows', undefined],
    ['-', undefined],
  ])('%s is read as %s', (path, format) => {
    expect(toInputFormat(undefined, path)).toBe(format);
  });

  test('what is said comes before the name', () => {
    expect([toInputFormat('tsv', 'rows.csv'), toOutputFormat('parquet', 'out.csv')]).toEqual([
      'tsv',
      'parquet',
    ]);
  });

  test.each(['-', 'out', 'out.xlsx'])('%s does not say what to write', (path) => {
    expect(() => toOutputFormat(undefined, path)).toThrow('Say with --format what');
  });
});
