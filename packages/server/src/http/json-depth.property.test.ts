import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDeeperThan } from './json-depth.ts';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

/** Texts that look like structure, so that a scan that loses track of quotes is found out. */
const trickyText = fc.string({ unit: fc.constantFrom('"', '\\', '[', '{', ']', '}', 'x', '\u{1f427}') });
const json = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 8 }, trickyText, fc.integer(), tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.dictionary(trickyText, tie('value'), { maxKeys: 3 }),
})).value;

test('tells the depth of any JSON, compact or spread', () => {
  fc.assert(
    fc.property(json, fc.nat(9), fc.constantFrom(undefined, 2), (value, depthMax, indent) => {
      expect(isDeeperThan(Buffer.from(JSON.stringify(value, null, indent)), depthMax)).toBe(
        depthOf(value) > depthMax,
      );
    }),
    { numRuns: 2000 },
  );
});

test('a text that is no JSON ends the scan too', () => {
  fc.assert(
    fc.property(trickyText, fc.nat(3), (text, depthMax) => {
      expect(isDeeperThan(Buffer.from(text), depthMax)).toBeTypeOf('boolean');
    }),
  );
});
