import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { ByteRange } from './blob-storage.ts';
import { resumedChunks } from './resumed-chunks.ts';

const text = 'abcdefghijklmnopqrstuvwxyz';
const whole: ByteRange = { start: 0, end: Number.POSITIVE_INFINITY };

/** Bytes of a range that break off after so many, once for each number. */
function breaking(...breakAfter: number[]) {
  const asked: ByteRange[] = [];
  const open = (range: ByteRange) => {
    asked.push(range);
    const bytes = Buffer.from(text).subarray(range.start, range.end + 1);
    const count = breakAfter.shift();
    return Readable.from(
      (async function* () {
        if (count !== 0) yield bytes.subarray(0, count);
        if (count !== undefined) throw new Error('socket hang up');
      })(),
    );
  };
  return { asked, open };
}

async function read(range: ByteRange, { open }: ReturnType<typeof breaking>): Promise<string> {
  let read = '';
  for await (const chunk of resumedChunks(open(range), range, async (rest) => open(rest))) read += chunk;
  return read;
}

describe('resumedChunks', () => {
  test('gives all bytes once, however often the connection breaks', async () => {
    const source = breaking(5, 0, 7, 0, 3);
    expect(await read(whole, source)).toBe(text);
    expect(source.asked.map(({ start }) => start)).toEqual([0, 5, 5, 12, 12, 15]);
  });

  test('keeps to its range', async () => {
    const source = breaking(2);
    expect(await read({ start: 3, end: 8 }, source)).toBe('defghi');
    expect(source.asked).toEqual([
      { start: 3, end: 8 },
      { start: 5, end: 8 },
    ]);
  });

  test('gives up when nothing comes any more', async () => {
    const source = breaking(5, 0, 0, 0);
    await expect(read(whole, source)).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    expect(source.asked).toHaveLength(3);
  });

  test('closes what it was left with, and takes no error of its reader for a break', async () => {
    const source = breaking();
    const first = source.open(whole);
    const reading = (async () => {
      for await (const _chunk of resumedChunks(first, whole, async (rest) => source.open(rest)))
        throw new Error('the reader');
    })();
    await expect(reading).rejects.toThrow('the reader');
    expect(first.destroyed).toBe(true);
    expect(source.asked).toHaveLength(1);
  });
});
