import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createHttpServer } from '../../src/http/server.ts';

/** What the server believes of a caller that comes from `remoteAddress` with these headers. */
async function seenBy(
  env: Record<string, string>,
  { remoteAddress = '203.0.113.9', ...headers }: Record<string, string>,
) {
  const server = await createHttpServer({
    config: readConfig(env),
    logger: pino({ level: 'silent' }),
    isStopping: () => false,
    onAnswered: () => undefined,
  });
  server.get('/seen', async ({ ip, protocol, host }) => ({ ip, protocol, host }));
  const answer = await server.inject({
    url: '/seen',
    remoteAddress,
    headers: { host: 'oriel.internal', ...headers },
  });
  await server.close();
  return { ...answer.json<object>(), hsts: answer.headers['strict-transport-security'] };
}

const forwarded = {
  'x-forwarded-for': '198.51.100.7',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'oriel.example',
};

describe('by default nobody is believed', () => {
  test.each(['203.0.113.9', '127.0.0.1'])(
    'a caller at %s that claims another address keeps its own',
    async (remoteAddress) => {
      expect(await seenBy({}, { ...forwarded, remoteAddress })).toEqual({
        ip: remoteAddress,
        protocol: 'http',
        host: 'oriel.internal',
        hsts: undefined,
      });
    },
  );
});

describe('ORIEL_TRUST_PROXY=loopback,10.0.0.0/8', () => {
  const env = { ORIEL_TRUST_PROXY: 'loopback,10.0.0.0/8' };

  test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.9.8.7'])(
    'believes a proxy at %s',
    async (remoteAddress) => {
      expect(await seenBy(env, { ...forwarded, remoteAddress })).toEqual({
        ip: '198.51.100.7',
        protocol: 'https',
        host: 'oriel.example',
        hsts: 'max-age=31536000',
      });
    },
  );

  test('believes no caller that comes past the proxy', async () => {
    expect(await seenBy(env, forwarded)).toMatchObject({
      ip: '203.0.113.9',
      protocol: 'http',
      hsts: undefined,
    });
  });

  test('takes what the caller told the proxy for what it is: a claim', async () => {
    const claims = {
      ...forwarded,
      'x-forwarded-for': '1.1.1.1, 127.0.0.1, 198.51.100.7',
      remoteAddress: '10.0.0.1',
    };
    expect(await seenBy(env, claims)).toMatchObject({ ip: '198.51.100.7' });
  });
});

describe('a number of proxies', () => {
  const headers = { ...forwarded, 'x-forwarded-for': '1.1.1.1, 198.51.100.7, 10.0.0.2' };

  test.each([
    ['1', '10.0.0.2'],
    ['2', '198.51.100.7'],
  ])('%s: as many addresses from the right are proxies', async (count, ip) => {
    expect(await seenBy({ ORIEL_TRUST_PROXY: count }, headers)).toMatchObject({ ip, protocol: 'https' });
  });
});

describe('HSTS', () => {
  const env = { ORIEL_TRUST_PROXY: 'loopback' };
  const headers = { ...forwarded, remoteAddress: '127.0.0.1' };

  test('lasts as long as the setting says, and is not said at 0', async () => {
    expect((await seenBy({ ...env, ORIEL_HSTS_S: '300' }, headers)).hsts).toBe('max-age=300');
    expect((await seenBy({ ...env, ORIEL_HSTS_S: '0' }, headers)).hsts).toBeUndefined();
  });

  test('is not said of localhost, nor over plain HTTP', async () => {
    expect((await seenBy(env, { ...headers, 'x-forwarded-host': 'localhost:3000' })).hsts).toBeUndefined();
    expect((await seenBy(env, { ...headers, 'x-forwarded-proto': 'http' })).hsts).toBeUndefined();
  });
});
