import { expect, test } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';

test('bytes survive the way to text and back, a megabyte too', async () => {
  const bytes = Uint8Array.from({ length: 1_000_000 }, (_, i) => i % 256);
  const text = await toBase64(new Blob([bytes]));
  expect(new Uint8Array((await fromBase64(text)?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(bytes);
});

test('what is no base64 is no file', () => {
  expect(fromBase64('not base64!')).toBeNull();
});
