import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createClient } from '../create-client.ts';

test.each([
  ['as the body', {}],
  ['in a form', { description: 'ก'.repeat(2000) }],
])('what an upload reads from is closed when it is given up: %s', async (_how, details) => {
  // a real one, which takes all that comes and never answers
  await using server = createServer((request) => void request.resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const controller = new AbortController();
  const { promise: isClosed, resolve: onClosed } = Promise.withResolvers<string>();
  async function* rows() {
    try {
      for (let row = 0; ; row++) {
        yield new TextEncoder().encode(`${row}\n`);
        if (row === 3) controller.abort(new Error('enough'));
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      onClosed('closed');
    }
  }
  const upload = createClient({ url }).datasets.upload(rows(), {
    ...details,
    signal: controller.signal,
  });
  await expect(upload).rejects.toThrow('enough');
  expect(await isClosed).toBe('closed');
  server.closeAllConnections();
});
