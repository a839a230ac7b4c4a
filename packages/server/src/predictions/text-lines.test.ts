import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StreamEndedError } from './row-batch.ts';
import { lineBytesMax, readTextLines } from './text-lines.ts';

/** All lines of a body that comes in pieces of so many bytes, and the line that ended it. */
async function readAll(bytes: Uint8Array, sizes: readonly number[]) {
  const read: string[] = [];
  try {
    for await (const { lines, firstLine } of readTextLines(cut(bytes, sizes))) {
      expect(firstLine).toBe(read.length + 1);
      read.push(...lines);
    }
  } catch (error) {
    if (error instanceof StreamEndedError) return { read, endedAt: error.line, code: error.reason.code };
    throw error;
  }
  return { read };
}

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let start = 0, i = 0; start < bytes.length; i += 1) {
    const size = sizes[i % Math.max(1, sizes.length)] ?? bytes.length;
    yield bytes.subarray(start, start + size);
    start += size;
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 5 });
const line = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !text.includes('\n'));

test('lines are the same wherever the body is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1 }), sizes, async (lines, pieces) => {
      const bytes = Buffer.from(`${lines.join('\n')}\n`);
      // a mark at the very beginning is no part of the text
      const expected = lines.map((text, index) => (index === 0 ? text.replace(/^\uFEFF/, '') : text));
      expect(await readAll(bytes, pieces)).toEqual({ read: expected });
    }),
  );
});

test('bytes that are not UTF-8 end it at their line, after all lines before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(line), sizes, async (before, after, pieces) => {
      const text = (lines: readonly string[]) => Buffer.from(lines.map((each) => `${each}\n`).join(''));
      const bytes = Buffer.concat([text(before), Buffer.of(0x61, 0xff, 0x0a), text(after)]);
      const { read, endedAt, code } = await readAll(bytes, pieces);
      expect([endedAt, code]).toEqual([before.length + 1, 'BODY_MALFORMED']);
      expect(read).toHaveLength(before.length);
    }),
  );
});

test('a line that is too long ends it, whether its end has come or not', async () => {
  const long = 'x'.repeat(lineBytesMax + 1);
  for (const end of ['', '\nmore\n'])
    expect(await readAll(Buffer.from(`a\nb\n${long}${end}`), [100_000])).toEqual({
      read: ['a', 'b'],
      endedAt: 3,
      code: 'BODY_TOO_LARGE',
    });
  const longest = 'x'.repeat(lineBytesMax);
  expect(await readAll(Buffer.from(longest), [])).toEqual({ read: [longest] });
});

test('a long line that comes byte by byte is not copied for each byte', async () => {
  const startedAt = performance.now();
  const { read } = await readAll(Buffer.from(`${'x'.repeat(200_000)}\n`), [1]);
  expect(read[0]).toHaveLength(200_000);
  // copied each time, it would be 20 GB
  expect(performance.now() - startedAt).toBeLessThan(20_000);
}, 60_000);
