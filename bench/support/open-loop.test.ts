import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { noAnswer, sendAtRate } from './open-loop.ts';
import { jsonPayload } from './payload.ts';

const payload = jsonPayload('{"a":1####,"b":1####}');

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/path`;
}

describe('sending at a rate', () => {
  test('every request is sent once, whole, and its answer is told', async () => {
    const bodies = new Set<string>();
    let count = 0;
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        JSON.parse(body);
        bodies.add(`${request.url} ${body}`);
        // refused, and an answer that comes in several pieces, in turn
        if (count++ % 2 === 0) response.writeHead(503, { 'retry-after': '1', 'content-length': 2 }).end('no');
        else {
          response.writeHead(200, { 'content-length': 300_000 }).write('x');
          setTimeout(() => response.end('x'.repeat(299_999)), 5);
        }
      });
    });
    const sent = await sendAtRate({ url, payload, rate: 200, seconds: 0.5 });
    expect(sent).toHaveLength(100);
    expect(bodies.size).toBe(100);
    const refused = sent.filter(({ status }) => status === 503);
    expect(refused).toHaveLength(50);
    expect(refused.every(({ hasRetryAfter }) => hasRetryAfter)).toBe(true);
    const answered = sent.filter(({ status }) => status === 200);
    expect(answered).toHaveLength(50);
    expect(Math.min(...answered.map(({ ms }) => ms))).toBeGreaterThan(4);
    expect(answered.some(({ hasRetryAfter }) => hasRetryAfter)).toBe(false);
  });

  test('those to whom nobody answers count as lost', async () => {
    const server = createTcpServer((socket) => socket.once('data', () => socket.destroy()));
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const sent = await sendAtRate({ url, payload, rate: 100, seconds: 0.1 });
    expect(sent.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => noAnswer));
  });
});
