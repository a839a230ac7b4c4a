import { once } from 'node:events';
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface S3Proxy {
  readonly url: string;
  /** Methods and paths with their queries, in order. */
  readonly requests: string[];
  /** Called for each request; says what is done with it, and when. */
  treat: (request: IncomingMessage) => Treatment | Promise<Treatment>;
  close(): void;
}

export type Treatment = 'pass' | 'cut' | 'fail';

/** Bytes of an answer that get through before it is cut. */
const cutBytes = 100_000;

/** Stands before an S3 server, counts what is asked, and breaks what a test wants broken. */
export async function startS3Proxy(endpoint: string): Promise<S3Proxy> {
  const { hostname, port } = new URL(endpoint);
  const server = createServer((request, response) => {
    proxy.requests.push(`${request.method} ${request.url}`);
    void Promise.resolve(proxy.treat(request)).then((treatment) => pass(request, response, treatment));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: S3Proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    treat: () => 'pass',
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;

  function pass(request: IncomingMessage, response: ServerResponse, treatment: Treatment): void {
    if (treatment === 'fail') {
      request.resume();
      response.writeHead(503).end();
      return;
    }
    const { method, url: path, headers } = request;
    const forwarded = ask({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      let sent = 0;
      answer.on('data', (chunk: Buffer) => {
        sent += chunk.byteLength;
        response.write(chunk);
        if (treatment === 'cut' && sent >= cutBytes) response.destroy();
      });
      answer.on('end', () => response.end());
    });
    forwarded.on('error', () => response.destroy());
    request.pipe(forwarded);
  }
}
