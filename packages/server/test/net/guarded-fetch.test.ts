import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createGuardedFetch, type GuardedAnswer } from '../../src/net/guarded-fetch.ts';

const limits = { timeoutMs: 10_000, redirectsMax: 3, bytesMax: 100_000 };
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener, host = '127.0.0.1', port = 0): Promise<number> {
  const server = createServer(listener).listen(port, host);
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function textOf({ body }: GuardedAnswer): Promise<string> {
  return Buffer.concat(await body.toArray()).toString();
}

const refused = (reason: string | RegExp) => ({
  code: 'URL_REFUSED',
  message: typeof reason === 'string' ? `The URL cannot be used: ${reason}.` : expect.stringMatching(reason),
});
const noPublicAddress = refused('its host has no public address');

/**
 * To which 127.0.0.1 is the internet, and everything else the inside.
 *
 * @param resolved - what each look-up of a name answers, the last one again and again; addresses with blanks between them
 */
function createFetch(resolved: Readonly<Record<string, readonly string[]>>, port: number) {
  const lookups: string[] = [];
  const guardedFetch = createGuardedFetch({
    ...limits,
    isPrivateAllowed: false,
    ports: [port],
    isPublic: (address) => address === '127.0.0.1',
    async resolve(host) {
      lookups.push(host);
      const answers = resolved[host];
      if (!answers) throw new Error(`getaddrinfo ENOTFOUND ${host}`);
      const times = lookups.filter((other) => other === host).length;
      const addresses = answers[Math.min(times, answers.length) - 1] ?? '';
      return addresses.split(' ').map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    },
  });
  return { guardedFetch, lookups };
}

describe('a URL is refused by its text', () => {
  const guardedFetch = createGuardedFetch({ ...limits, isPrivateAllowed: false });

  test.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.0.0.1/',
    'http://0177.0.0.1/',
    'http://017700000001/',
    'http://127.0.0.1./',
    'http://１２７.０.０.１/',
    'http://0/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[0:0:0:0:0:ffff:127.0.0.1]/',
    'http://[64:ff9b::127.0.0.1]/',
    'http://[2002:7f00:1::]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/latest/meta-data/',
    'http://10.0.0.1:8080/',
    'https://192.168.0.1/',
    'http://localhost/',
    'http://LOCALHOST:8080/',
    'http://localhost./',
    'http://name.that.does.not.exist.invalid/',
  ])('%s: its host is not public, or nobody has it: the answer is the same', (url) =>
    expect(guardedFetch(url)).rejects.toMatchObject(noPublicAddress),
  );

  test.each([
    ['', /it is no URL/],
    ['example.com/rows.csv', /it is no URL/],
    ['/rows.csv', /it is no URL/],
    ['http://[fe80::1%25eth0]/', /it is no URL/],
    ['http://256.1.1.1/', /it is no URL/],
    ['file:///etc/passwd', /only http and https are asked/],
    ['ftp://example.com/rows.csv', /only http and https are asked/],
    ['gopher://example.com/', /only http and https are asked/],
    ['data:text/csv,a', /only http and https are asked/],
    ['blob:https://example.com/1', /only http and https are asked/],
    ['http://ada@example.com/', /user name or a password/],
    ['http://ada:secret@example.com/', /user name or a password/],
    ['http://example.com:22/', /port 22 is not asked; ports that are: 80, 443, 8080, 8443/],
    ['http://example.com:5432/', /port 5432 is not asked/],
    ['https://example.com:6379/', /port 6379 is not asked/],
  ])('%s: %s', async (url, reason) => {
    const error: unknown = await guardedFetch(url).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(refused(reason));
    expect(String(error)).not.toContain('secret');
  });
});

describe('a host', () => {
  test('is looked up once, and asked at the address that was checked', async () => {
    const port = await serve((request, response) => response.end(`to ${request.headers.host}`));
    const inside: string[] = [];
    await serve((request, response) => response.end(inside.push(request.url ?? '')), '127.0.0.2', port);
    // the second answer is another one
    const { guardedFetch, lookups } = createFetch({ 'rebinds.test': ['127.0.0.1', '127.0.0.2'] }, port);

    const answer = await guardedFetch(`http://rebinds.test:${port}/rows.csv?n=1`);
    expect(await textOf(answer)).toBe(`to rebinds.test:${port}`);
    expect(lookups).toEqual(['rebinds.test']);
    await expect(guardedFetch(`http://rebinds.test:${port}/`)).rejects.toMatchObject(noPublicAddress);
    expect(inside).toEqual([]);
  });

  test.each([
    ['private', '127.0.0.2'],
    ['one of them private', '127.0.0.1 127.0.0.2'],
    ['of IPv6, and loopback', '::1'],
    ['nobody’s', ''],
  ])('with addresses that are %s is not asked', async (_kind, addresses) => {
    const asked: string[] = [];
    const port = await serve((request, response) => response.end(asked.push(request.url ?? '')));
    await serve((request, response) => response.end(asked.push(request.url ?? '')), '127.0.0.2', port);
    const { guardedFetch } = createFetch({ 'inside.test': [addresses] }, port);
    await expect(guardedFetch(`http://inside.test:${port}/`)).rejects.toMatchObject(noPublicAddress);
    expect(asked).toEqual([]);
  });

  test('that answers nothing to a look-up is given up in time', async () => {
    const guardedFetch = createGuardedFetch({
      ...limits,
      timeoutMs: 50,
      isPrivateAllowed: false,
      resolve: () => new Promise(() => {}),
    });
    await expect(guardedFetch('http://slow.test/')).rejects.toMatchObject(refused('it took more than 50 ms'));
  });

  test('of the inside may be asked where that is allowed, on any port', async () => {
    const port = await serve((_request, response) => response.end('inside'));
    const guardedFetch = createGuardedFetch({ ...limits, isPrivateAllowed: true });
    expect(await textOf(await guardedFetch(`http://127.0.0.1:${port}/`))).toBe('inside');
    expect(await textOf(await guardedFetch(`http://localhost:${port}/`))).toBe('inside');
    await expect(guardedFetch('file:///etc/passwd')).rejects.toMatchObject({ code: 'URL_REFUSED' });
    await expect(guardedFetch(`http://a:b@127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: 'URL_REFUSED',
    });
  });
});

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

describe('an answer', () => {
  const inside = (more: object = {}) => createGuardedFetch({ ...limits, isPrivateAllowed: true, ...more });

  test('comes with any status, as a stream', async () => {
    const port = await serve((_request, response) =>
      response.writeHead(404, { 'content-type': 'text/plain' }).end('no rows'),
    );
    const answer = await inside()(`http://127.0.0.1:${port}/`);
    expect(answer).toMatchObject({ status: 404, headers: { 'content-type': 'text/plain' } });
    expect(await textOf(answer)).toBe('no rows');
  });

  test('is asked for without compression, which could hide its size', async () => {
    const port = await serve((request, response) => response.end(request.headers['accept-encoding']));
    expect(await textOf(await inside()(`http://127.0.0.1:${port}/`))).toBe('identity');
  });

  test('that says that it is too large is not read', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 100_001 }).write('a');
    });
    await expect(inside()(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  test('that is too large without saying so ends where the limit is', async () => {
    let isClosed = false;
    const port = await serve((_request, response) => {
      response.once('close', () => {
        isClosed = true;
      });
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(10_000)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    const { body } = await inside()(`http://127.0.0.1:${port}/`);
    let sizeBytes = 0;
    const reading = (async () => {
      for await (const chunk of body) sizeBytes += (chunk as Buffer).byteLength;
    })();
    await expect(reading).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect(sizeBytes).toBeLessThanOrEqual(100_000);
    await expect.poll(() => isClosed).toBe(true);
  });

  test('of exactly the limit is whole', async () => {
    const port = await serve((_request, response) => response.end(Buffer.alloc(100_000)));
    expect(await textOf(await inside()(`http://127.0.0.1:${port}/`))).toHaveLength(100_000);
  });

  test('that drips is given up when its time is over', async () => {
    const port = await serve((_request, response) => {
      const timer = setInterval(() => response.write('a'), 20);
      response.once('close', () => clearInterval(timer));
    });
    const { body } = await inside({ timeoutMs: 300 })(`http://127.0.0.1:${port}/`);
    await expect(body.toArray()).rejects.toMatchObject(refused('it took more than 300 ms'));
  });

  test('that never begins, or stops in the middle, is given up', async () => {
    const silent = await serve(() => {});
    await expect(inside({ idleMs: 100 })(`http://127.0.0.1:${silent}/`)).rejects.toMatchObject(
      refused('it does not answer, or stopped in the middle'),
    );
    const half = await serve((_request, response) => void response.write('half of'));
    const { body } = await inside({ idleMs: 100 })(`http://127.0.0.1:${half}/`);
    await expect(body.toArray()).rejects.toMatchObject(refused(/stopped in the middle/));
  });

  test('that breaks off is no whole answer', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy());
    });
    const { body } = await inside()(`http://127.0.0.1:${port}/`);
    await expect(body.toArray()).rejects.toMatchObject(refused('it cannot be reached, or broke off'));
  });

  test('is not there when nobody listens, and nothing is told of the network', async () => {
    const port = await serve(() => {});
    servers.at(-1)?.close();
    const error: unknown = await inside()(`http://127.0.0.1:${port}/`).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(refused('it cannot be reached, or broke off'));
    expect(error).toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  test('ends with the caller, before it begins and in the middle', async () => {
    const silent = await serve(() => {});
    const early = new AbortController();
    const asking = inside()(`http://127.0.0.1:${silent}/`, { signal: early.signal });
    setTimeout(() => early.abort(new Error('stopped early')), 50);
    await expect(asking).rejects.toThrow('stopped early');

    const half = await serve((_request, response) => void response.write('half of'));
    const late = new AbortController();
    const { body } = await inside()(`http://127.0.0.1:${half}/`, { signal: late.signal });
    setTimeout(() => late.abort(new Error('stopped late')), 50);
    await expect(body.toArray()).rejects.toThrow('stopped late');

    const stopped = inside()(`http://127.0.0.1:${half}/`, { signal: AbortSignal.abort(new Error('before')) });
    await expect(stopped).rejects.toThrow('before');
  });

  test('that nobody reads ends with its body, connection and all', async () => {
    let isClosed = false;
    const port = await serve((_request, response) => {
      response.once('close', () => {
        isClosed = true;
      });
      response.write('half of');
    });
    const { body } = await inside()(`http://127.0.0.1:${port}/`);
    body.destroy();
    await expect.poll(() => isClosed).toBe(true);
  });
});
