import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toExactNumber } from './exact-number.ts';

test.each([
  ['0', 0],
  ['-12', -12],
  [' 7 ', 7],
  ['39.1', 39.1],
  ['1e3', 1000],
  ['1152921504606846976', 2 ** 60],
])('%j is a number', (text, value) => expect(toExactNumber(text)).toBe(value));

test.each([
  '',
  ' ',
  '007',
  '+1',
  '1,5',
  '0x10',
  '1e999',
  'NaN',
  'Infinity',
  '9007199254740993',
  '-86428972916162580',
  '12 mm',
  '.5',
  '5.',
])('%j stays a text', (text) => expect(toExactNumber(text)).toBeNull());

test('every number that JSON writes as it is, is read from that', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = JSON.stringify(value);
      // of 17 to 21 digits the last ones are JSON's own, and might as well be somebody's id
      const isRounded = /^-?\d+$/.test(text) && BigInt(text) !== BigInt(value);
      expect(toExactNumber(text)).toBe(isRounded ? null : value === 0 ? 0 : value);
    }),
  );
});

test('a whole number is read only when no digit is lost', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (value) => {
      const read = toExactNumber(String(value));
      if (read !== null) expect(BigInt(read)).toBe(value);
      else expect(BigInt(Number(value))).not.toBe(value);
    }),
  );
});
