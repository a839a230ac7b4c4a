import { expect, test } from 'vitest';
import { hashBytes, knownHashOf } from './byte-hash.ts';

const sha256Of123 = '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81';

test('the hash is of the bytes in view, not of their whole buffer', () => {
  expect(hashBytes(Uint8Array.of(9, 1, 2, 3, 9).subarray(1, 4))).toBe(sha256Of123);
  expect(knownHashOf(new DataView(Uint8Array.of(1, 2, 3).buffer))).toBe(sha256Of123);
});

test('what was hashed is known without another look at the bytes', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  hashBytes(bytes);
  bytes.fill(0);
  expect(knownHashOf(bytes)).toBe(sha256Of123);
});

test('what hashBytes gives is never of old bytes', () => {
  const bytes = Uint8Array.of(0, 0, 0);
  hashBytes(bytes);
  bytes.set([1, 2, 3]);
  expect(hashBytes(bytes)).toBe(sha256Of123);
  expect(knownHashOf(bytes)).toBe(sha256Of123);
});
