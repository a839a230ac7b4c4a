import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundedCopy } from './bounded-copy.ts';

/** What the copy is meant to be, in a few lines that ask about each part. */
function copyPartByPart(value: unknown): { json: string | null; truncated: boolean } {
  let truncated = false;
  const json = JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'string') {
      truncated ||= part.length > 512;
      return part.slice(0, 512).toWellFormed().replaceAll('\0', '\ufffd');
    }
    if (part instanceof Uint8Array)
      return { bytes: part.byteLength, sha256: createHash('sha256').update(part).digest('hex') };
    truncated ||= Array.isArray(part) && part.length > 32;
    return Array.isArray(part) ? part.slice(0, 32) : part;
  });
  return (json?.length ?? 0) > 4096 ? { json: null, truncated: true } : { json: json ?? null, truncated };
}

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '"', '\0', '\ud800', '\u{1f600}') }),
  fc.integer({ min: 505, max: 515 }).map((length) => 'b'.repeat(length)),
);
const list = fc
  .tuple(fc.anything(), fc.integer({ min: 28, max: 36 }))
  .map(([item, length]) => Array.from({ length }, (_, index) => (index % 9 === 0 ? item : index)));
const part = fc.oneof(
  text,
  list,
  fc.uint8Array(),
  fc.constant(JSON.parse('{"__proto__":[1],"a":"\\u0000"}')),
  fc.constantFrom(() => 1, Symbol.iterator),
  fc.date({ noInvalidDate: true }),
  fc.constantFrom(
    { toJSON: () => 'x'.repeat(600) },
    { long: 'x'.repeat(600), toJSON: () => 1 },
    new URL('https://example.org'),
  ),
);
const value = fc.oneof(
  part,
  fc.anything({
    key: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'toJSON')),
    values: [fc.boolean(), fc.double(), fc.integer(), fc.constantFrom(null, undefined), part],
    withMap: true,
    withSet: true,
    withBoxedValues: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
    maxDepth: 4,
  }),
);

test('is what asking about each part gives, and leaves the value as it was', () => {
  fc.assert(
    fc.property(value, (given) => {
      const expected = copyPartByPart(given);
      expect(boundedCopy(given)).toEqual(expected);
      expect(copyPartByPart(given)).toEqual(expected);
    }),
    { numRuns: 1000 },
  );
});
