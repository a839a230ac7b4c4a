import { describe, expect, test } from 'vitest';
import { boundedCopy } from './bounded-copy.ts';

describe('boundedCopy', () => {
  test('keeps what is small as it is', () => {
    expect(boundedCopy({ a: [1, null], b: 'text' })).toEqual({
      json: '{"a":[1,null],"b":"text"}',
      truncated: false,
    });
  });

  test('cuts long texts and lists, and says so', () => {
    const { json, truncated } = boundedCopy({
      text: 'x'.repeat(10_000),
      list: Array.from({ length: 900 }, (_, i) => i),
    });
    expect(truncated).toBe(true);
    expect(json?.length).toBeLessThan(4097);
  });

  test('keeps nothing of what stays too large', () => {
    const wide = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`key${i}`, i]));
    expect(boundedCopy(wide)).toEqual({ json: null, truncated: true });
  });

  test.each([
    ['bytes', { image: Uint8Array.of(1, 2, 3) }],
    ['a Buffer', { image: Buffer.of(1, 2, 3) }],
    ['a Buffer beside what is no plain data', { image: Buffer.of(1, 2, 3), at: new Map() }],
  ])('keeps of a file its size and hash only: %s', (_name, value) => {
    expect(JSON.parse(String(boundedCopy(value).json))).toHaveProperty('image', {
      bytes: 3,
      sha256: '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81',
    });
  });

  test('replaces what PostgreSQL refuses in jsonb: NUL and lone surrogates', () => {
    expect(boundedCopy('a\0b\ud800c').json).toBe('"a\ufffdb\ufffdc"');
  });
});
