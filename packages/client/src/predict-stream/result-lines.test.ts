import { expect, test } from 'vitest';
import { readResultLines } from './result-lines.ts';

test('a signal ends the reading also when the body does not hear it', async () => {
  const controller = new AbortController();
  const body = new Blob(['{"ok":true}\n']).stream().pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      // all has come but the end
      flush: () => new Promise(() => undefined),
    }),
  );
  const items = readResultLines(body, controller.signal);
  expect(await items.next()).toEqual({ done: false, value: { ok: true } });
  const end = items.next();
  controller.abort(new Error('enough'));
  await expect(end).rejects.toThrow('enough');
});
