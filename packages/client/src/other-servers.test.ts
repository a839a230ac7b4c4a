import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { failureOf } from '../test/failure-of.ts';
import { hasErrorCode, problemOf } from './errors.ts';
import { createClient, type NodeClient } from './node/node-client.ts';
import { ProblemError } from './problem-error.ts';
import { toProblem } from './testing/refusal.ts';

// What a client meets at a wrong address: a page of a proxy, another server, nothing that ever answers.

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** @returns its address, and the paths that were asked for */
async function serve(listener: RequestListener) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    request.resume();
    listener(request, response);
  });
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const id = '01a12345-0000-7000-8000-000000000000';
const calls: [string, (client: NodeClient) => Promise<unknown>][] = [
  ['a query', (client) => client.models.list.query()],
  ['a mutation', (client) => client.models.penguins.predict.mutate({ island: 'Dream' })],
  ['an upload', (client) => client.datasets.upload(new Blob(['a\n1\n']))],
  ['a download', (client) => client.datasets.download({ id })],
  ['a download to a file', (client) => client.datasets.downloadTo(join(tmpdir(), `${id}.csv`), { id })],
  ['rows', (client) => client.datasets.eachRow({ id }).next()],
  ['a stream', (client) => client.models.penguins.predictStream([{ island: 'Dream' }]).next()],
];

describe.each(calls)('%s', (_what, call) => {
  test.each([200, 404])('is refused, once, where a page answers with %i', async (status) => {
    const { url, asked } = await serve((_request, response) =>
      response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Sign in to the network</h1>'),
    );
    const failure = await failureOf(call(createClient({ url })));
    expect(failure).toMatchObject({ message: `The answer was ${status}, and not one of an Oriel server.` });
    expect(problemOf(failure)).toBeNull();
    expect(asked).toHaveLength(1);
  });

  test('says what a server of ours says that has nothing at that path', async () => {
    const problem = toProblem({ code: 'ROUTE_NOT_FOUND' }, '/');
    const { url, asked } = await serve((_request, response) =>
      response.writeHead(404, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem)),
    );
    const failure = await failureOf(call(createClient({ url: `${url}/somewhere` })));
    expect(failure).toMatchObject({ message: problem.detail });
    expect(hasErrorCode(failure, 'ROUTE_NOT_FOUND')).toBe(true);
    expect(asked).toHaveLength(1);
  });

  test('is refused, once, where something else answers in JSON', async () => {
    const { url, asked } = await serve((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"hello":"world"}'),
    );
    const failure = await failureOf(call(createClient({ url })));
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toHaveProperty('issues');
    expect(asked).toHaveLength(1);
  });
});

test('a refusal of another server keeps what was wrong with its answer', async () => {
  const { url } = await serve((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('null'),
  );
  const failure = await failureOf(createClient({ url }).datasets.upload(new Blob(['a\n1\n'])));
  expect(failure).toBeInstanceOf(ProblemError);
  expect(failure).toMatchObject({ status: 200, problem: null, cause: expect.any(Error) });
});

test('rows are asked for again where the first request is never answered', async () => {
  const page = { version: 1, columns: [], rows: [{ n: 1 }], nextCursor: null };
  const { url, asked } = await serve((_request, response) => {
    if (asked.length === 1) return;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(page));
  });
  const rows = createClient({ url, timeoutMs: 1000 }).datasets.eachRow({ id });
  expect(await rows.next()).toMatchObject({ value: { n: 1 } });
});

describe('the address', () => {
  test.each([
    'localhost:3000',
    'example.com',
    '',
    'ftp://example.com',
    'http://localhost:3000/?a=b',
    'http://localhost:3000\n',
  ])('is refused when the client is made: %j', (url) =>
    expect(() => createClient({ url })).toThrow(`such as http://localhost:3000; it is "${url}"`),
  );

  test('is refused where there is none, as where a variable is not set', () => {
    // what TypeScript would not let pass
    const options = { url: undefined } as unknown as { url: string };
    expect(() => createClient(options)).toThrow('it is "undefined"');
  });

  test('is refused with a password in it, which is not repeated', () => {
    const address = 'http://ada:s3cret@localhost:3000';
    const message = 'url must have no name and password in it: auth says who calls.';
    expect(() => createClient({ url: address })).toThrow(new TypeError(message));
  });

  test('may be a URL', async () => {
    const { url, asked } = await serve((_request, response) => response.writeHead(404).end());
    await failureOf(createClient({ url: new URL(url) }).datasets.download({ id }));
    expect(asked).toEqual([`/api/v1/datasets/${id}/export`]);
  });

  test('may end with slashes', async () => {
    const { url, asked } = await serve((_request, response) => response.writeHead(404).end());
    await failureOf(createClient({ url: `${url}/base//` }).datasets.download({ id }));
    expect(asked).toEqual([`/base/api/v1/datasets/${id}/export`]);
  });
});
