import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCsvScanner, readCsvRecords } from './csv-scanner.ts';

function scan(pieces: readonly string[], cellCharsMax: number) {
  const found: unknown[] = [];
  const scanner = createCsvScanner(',', {
    cellCharsMax,
    onRecord: (record) => found.push(record) > 0,
    onFault: (fault) => found.push(fault),
  });
  for (const piece of pieces) scanner.push(piece);
  scanner.end({ isWhole: true });
  return found;
}

test('however a text is cut into pieces, it has the same records and faults in the same lines', () => {
  const marks = fc.constantFrom('a', ' ', '"', '""', '\n', '\r', '\r\n', ',', 'x y', '"q"', ',"');
  const text = fc.array(marks, { maxLength: 20 }).map((some) => some.join(''));
  fc.assert(
    fc.property(text, (whole) => {
      expect(scan(whole.split(''), 100)).toEqual(scan([whole], 100));
    }),
  );
});

test('lines within quotes count, whichever way they end', () => {
  const { records } = readCsvRecords('a,b\r\n"1\r\n2\n3\r4",5\n6,7', ',', { isWhole: true });
  expect(records.map(({ line }) => line)).toEqual([1, 2, 6]);
});

test('a quote that is never closed keeps no more of what follows than is asked for', () => {
  const pieces = Array.from({ length: 100 }, () => 'x,\n""y'.repeat(1000));
  expect(scan(['a,b\n1,"', ...pieces], 5).at(-1)).toEqual({ rule: 'quote_not_closed', line: 2, cell: 2 });
  expect(scan(['a,b\n1,"', ...pieces, '"'], 5).at(-1)).toEqual({ line: 2, cells: ['1', 'x,\n"y'] });
});
