import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withLineFeeds } from './line-ends.ts';

async function read(text: string, cuts: readonly number[] = []): Promise<string> {
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  async function* body() {
    for (const [index, start] of places.slice(0, -1).entries())
      yield bytes.subarray(start, places[index + 1]);
  }
  return Buffer.concat(await Readable.from(withLineFeeds(body())).toArray()).toString();
}

describe('the line ends of a CSV', () => {
  test.each([
    ['of CR alone become LF', 'a,b\r1,2\r\r3,"x\ry"\r', 'a,b\n1,2\n\n3,"x\ry"\n'],
    ['are told by the first one that is not in quotes', '"a\nb",c\r1,2\r', '"a\nb",c\n1,2\n'],
    ['stay in a file that mixes them', 'a\n1\r2\n', 'a\n1\r2\n'],
    ['stay as they are with CR and LF', 'a,b\r\n1,2\r\n', 'a,b\r\n1,2\r\n'],
    ['are none in a header by itself', 'a,b\r', 'a,b\r'],
    ['may be none at all', 'é', 'é'],
  ])('%s', async (_name, text, expected) => expect(await read(text)).toBe(expected));

  test('are the same wherever the body is cut', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\r', '\n', '\r\n') });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat()), async (body, cuts) => {
        expect(await read(body, cuts)).toBe(await read(body));
      }),
    );
  });
});
