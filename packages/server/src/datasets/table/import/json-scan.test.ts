import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createJsonScan } from './json-scan.ts';

function lineOf(text: string, pieceLength = text.length || 1): number | undefined {
  const scan = createJsonScan();
  for (let at = 0; at < text.length; at += pieceLength) {
    const line = scan.push(text.slice(at, at + pieceLength));
    if (line !== undefined) return line;
  }
  return scan.end();
}

test.each([
  ['[\n{"a":1},\n{"a":2 "b":3}\n]', 3],
  ['[\n{"a":1},\n{"a":\n', 4],
  ['[\n{"a":1},\n]', 3],
  ['[\n{"a":01}\n]', 2],
  ['[\n{"a":"x\ny"}\n]', 2],
  ['[\n{a:1}\n]', 2],
  ["[\n{'a':1}\n]", 2],
  ['[1]\n[2]', 2],
  ['["C:\\\\temp",\n"C:\\data"]', 2],
  ['["\\u00e9\\ud83d\\ude00",\n"\\u00eg"]', 2],
  ['["\\b\\u00E9\\uD83D\\uDE00",\n"\\B"]', 2],
  ['["\\n",\n"\\U00e9"]', 2],
  ['[\n"\\ud83d"]', 2],
  ['[1\n}', 2],
  ['', 1],
])('%j stops being JSON in line %d', (text, line) => expect(lineOf(text)).toBe(line));

test('finds no fault in what JSON.stringify writes, whatever the pieces', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 20 }), (value, length) => {
      expect(lineOf(JSON.stringify(value, null, 1), length)).toBeUndefined();
    }),
  );
});

test('finds a fault wherever JSON.parse does', () => {
  const text = fc.tuple(fc.jsonValue(), fc.nat(), fc.constantFrom('', ',', '}', '"', 'x', ':', '['));
  fc.assert(
    fc.property(text, ([value, at, put]) => {
      const json = JSON.stringify(value);
      const broken = json.slice(0, at % json.length) + put + json.slice((at % json.length) + 1);
      let isJson = true;
      try {
        JSON.parse(broken);
      } catch {
        isJson = false;
      }
      expect(lineOf(broken) === undefined).toBe(isJson);
    }),
    { numRuns: 500 },
  );
});
