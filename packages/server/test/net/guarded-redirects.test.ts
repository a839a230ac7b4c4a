import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createFetch, createServers, noPublicAddress, refused, textOf } from './support/guarded-servers.ts';

const { serve, close } = createServers();
afterEach(close);

describe('a redirect', () => {
  /** Answers with a redirect to what `to` gives for a path. */
  const redirecting =
    (to: (path: string, port: number) => string | undefined): RequestListener =>
    (request, response) => {
      const { port } = request.socket.address() as AddressInfo;
      const location = to(request.url ?? '', port);
      if (location === undefined) response.end(JSON.stringify(request.headers));
      else response.writeHead(302, { location }).end('moved');
    };

  test('is followed, and told', async () => {
    const port = await serve(redirecting((path) => (path === '/here' ? undefined : '/here')));
    const { guardedFetch } = createFetch({ 'a.test': ['127.0.0.1'] }, port);
    const answer = await guardedFetch(`http://a.test:${port}/there`);
    expect(answer).toMatchObject({ status: 200, url: `http://a.test:${port}/here` });
    answer.body.destroy();
  });

  test.each([
    ['loopback', (port: number) => `http://[::1]:${port}/`],
    ['loopback in another form', (port: number) => `http://0x7f000002:${port}/`],
    ['a private name', (port: number) => `http://inside.test:${port}/`],
    ['a name that nobody has', (port: number) => `//nobody.test:${port}/`],
  ])('to %s is refused', async (_kind, to) => {
    const port = await serve(redirecting((_path, own) => to(own)));
    const { guardedFetch } = createFetch({ 'a.test': ['127.0.0.1'], 'inside.test': ['127.0.0.2'] }, port);
    await expect(guardedFetch(`http://a.test:${port}/`)).rejects.toMatchObject(noPublicAddress);
  });

  test('to the same name looks it up and checks it again', async () => {
    const port = await serve(redirecting((path) => (path === '/secret' ? undefined : '/secret')));
    const { guardedFetch, lookups } = createFetch({ 'rebinds.test': ['127.0.0.1', '127.0.0.2'] }, port);
    await expect(guardedFetch(`http://rebinds.test:${port}/`)).rejects.toMatchObject(noPublicAddress);
    expect(lookups).toEqual(['rebinds.test', 'rebinds.test']);
  });

  test.each([
    ['file:///etc/passwd', /only http and https/],
    ['http://ada:secret@a.test/', /user name or a password/],
    ['http://a.test:22/', /port 22/],
  ])('to %s is refused', async (location, reason) => {
    const port = await serve(redirecting(() => location));
    const { guardedFetch } = createFetch({ 'a.test': ['127.0.0.1'] }, port);
    await expect(guardedFetch(`http://a.test:${port}/`)).rejects.toMatchObject(refused(reason));
  });

  test('is followed a few times only', async () => {
    let asked = 0;
    const port = await serve(redirecting(() => `/${++asked}`));
    const { guardedFetch } = createFetch({ 'a.test': ['127.0.0.1'] }, port);
    await expect(guardedFetch(`http://a.test:${port}/`)).rejects.toMatchObject(
      refused('it redirects more than 3 times'),
    );
    expect(asked).toBe(4);
  });

  test('takes no headers of the caller to another host', async () => {
    const port = await serve(
      redirecting((path, own) => (path === '/end' ? undefined : `http://b.test:${own}/end`)),
    );
    const { guardedFetch } = createFetch({ 'a.test': ['127.0.0.1'], 'b.test': ['127.0.0.1'] }, port);
    const headers = { authorization: 'Bearer secret', 'x-token': 'secret' };
    const same = await guardedFetch(`http://a.test:${port}/end`, { headers });
    expect(JSON.parse(await textOf(same))).toMatchObject(headers);
    const other = await textOf(await guardedFetch(`http://a.test:${port}/`, { headers }));
    expect(other).not.toContain('secret');
  });

  test('of what is posted is an answer, and not followed', async () => {
    const bodies: string[] = [];
    const port = await serve((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      request.on('end', () => {
        bodies.push(text);
        response.writeHead(307, { location: '/elsewhere' }).end();
      });
    });
    const { guardedFetch } = createFetch({ 'a.test': ['127.0.0.1'] }, port);
    const answer = await guardedFetch(`http://a.test:${port}/hook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"job":1}',
    });
    expect(answer).toMatchObject({ status: 307, headers: { location: '/elsewhere' } });
    answer.body.destroy();
    expect(bodies).toEqual(['{"job":1}']);
  });
});
