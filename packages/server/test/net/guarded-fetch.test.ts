import { afterEach, describe, expect, test } from 'vitest';
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts';
import {
  createFetch,
  createServers,
  limits,
  noPublicAddress,
  refused,
  textOf,
} from './support/guarded-servers.ts';

const { serve, close } = createServers();
afterEach(close);

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
