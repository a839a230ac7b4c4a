import { problemSchema } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createQuotaRepository } from '../../src/limits/quota-repository.ts';
import { createKey, createSession, createUser } from '../support/identities.ts';
import { gentoo } from '../support/inputs.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const predict = '/api/v1/models/penguins/predict';

/** The problem that an answer of either door carries. */
function problemIn(body: unknown) {
  const trpc = body as { error?: { json: { data: { problem: unknown } } } };
  return problemSchema.parse(trpc.error?.json.data.problem ?? body);
}

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({
    ORIEL_TRUST_PROXY: 'loopback',
    ORIEL_ANONYMOUS_PER_MINUTE: '3',
    ORIEL_CALLER_PER_MINUTE: '5',
    ORIEL_WRONG_CREDENTIALS_PER_MINUTE: '2',
  });
});
afterAll(() => app.close());

/** As a proxy of ours hands on what comes from `ip`; every test has an address of its own. */
const from = (ip: string) => ({ 'x-forwarded-for': ip });

async function statusesOf(times: number, path: string, init: RequestInit): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < times; i++) statuses.push((await app.send(path, init)).status);
  return statuses;
}

describe.each(['/api/v1/models', '/trpc/models.list'])('requests of an address at %s', (path) => {
  const ip = path.startsWith('/api') ? '192.0.2.1' : '192.0.2.2';

  test('are counted down in headers and refused with 429, until the limit starts anew', async () => {
    const remaining: (string | null)[] = [];
    for (let i = 0; i < 3; i++) {
      const { status, headers } = await app.send(path, { headers: from(ip) });
      expect([status, headers.get('ratelimit-limit')]).toEqual([200, '3']);
      remaining.push(headers.get('ratelimit-remaining'));
    }
    expect(remaining).toEqual(['2', '1', '0']);

    const { status, headers, body } = await app.send(path, { headers: from(ip) });
    expect([status, problemIn(body).code]).toEqual([429, 'RATE_LIMITED']);
    expect(headers.get('ratelimit-remaining')).toBe('0');
    const resetS = Number(headers.get('ratelimit-reset'));
    expect(resetS).toBeGreaterThan(0);
    expect(resetS).toBeLessThanOrEqual(60);
    expect(headers.get('retry-after')).toBe(String(resetS));
  });
});

test('a request one too many is refused before its body is read', async () => {
  await statusesOf(3, '/api/v1/models', { headers: from('192.0.2.3') });
  const headers = { ...from('192.0.2.3'), 'content-type': 'application/json' };
  expect(await statusesOf(1, predict, { method: 'POST', headers, body: 'no JSON' })).toEqual([429]);
});

test('the limits of one address are not those of another, also behind a trusted proxy', async () => {
  expect(await statusesOf(4, '/api/v1/models', { headers: from('192.0.2.4') })).toEqual([200, 200, 200, 429]);
  expect(await statusesOf(1, '/api/v1/models', { headers: from('192.0.2.5') })).toEqual([200]);
});

test('all addresses of a /64 of IPv6 are one, and those of the next are not', async () => {
  const addresses = ['2001:db8::1', '2001:db8::2', '2001:db8:0:0:ffff::1', '2001:db8::3', '2001:db8:0:1::1'];
  const statuses: number[] = [];
  for (const ip of addresses)
    statuses.push(...(await statusesOf(1, '/api/v1/models', { headers: from(ip) })));
  expect(statuses).toEqual([200, 200, 200, 429, 200]);
});

test('each call of a batch counts', async () => {
  const batch = '/trpc/models.list,models.list?batch=1&input={}';
  expect(await statusesOf(2, batch, { headers: from('192.0.2.6') })).toEqual([200, 429]);
  const encoded = '/trpc/models.list%2Cmodels.list?batch=1&input={}';
  expect(await statusesOf(2, encoded, { headers: from('192.0.2.7') })).toEqual([200, 429]);
});

test('many at once are no way around it', async () => {
  const init = { headers: from('192.0.2.8') };
  const answers = await Promise.all(Array.from({ length: 20 }, () => app.send('/api/v1/models', init)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
});

test('a person has one limit at all addresses, and other people have their own', async () => {
  const [one, other] = [await createUser(app), await createUser(app)];
  const statuses: number[] = [];
  const session = await createSession(app, one);
  for (let i = 0; i < 6; i++) {
    const headers = { ...session, ...from(`192.0.2.${20 + i}`) };
    statuses.push(...(await statusesOf(1, '/api/v1/models', { headers })));
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  expect(await statusesOf(1, '/api/v1/models', { headers: await createSession(app, other) })).toEqual([200]);
});

test('exports count the same with their selection in the URL and in the body', async () => {
  const headers = await createSession(app, await createUser(app));
  const path = '/api/v1/datasets/00000000-0000-7000-8000-000000000000/export';
  const statuses: number[] = [];
  for (const method of ['GET', 'POST', 'GET', 'POST', 'POST', 'GET', 'POST'])
    statuses.push(...(await statusesOf(1, path, { method, headers })));
  expect(statuses).toEqual([404, 404, 404, 404, 404, 429, 429]);
});

test('an API key is bounded by its quota alone', async () => {
  const { headers } = await createKey(app, await createUser(app), { scopes: ['models:read'] });
  expect(await statusesOf(8, '/api/v1/models', { headers })).toEqual(Array(8).fill(200));
  expect((await app.send('/api/v1/models', { headers })).headers.get('ratelimit-limit')).toBeNull();
});

test('probes, metrics and pages are not counted', async () => {
  for (const path of ['/health/live', '/docs/', '/api/openapi.json'])
    expect(await statusesOf(5, path, { headers: from('192.0.2.9') })).toEqual(Array(5).fill(200));
  // for programs on this machine
  expect(await statusesOf(5, '/metrics', {})).toEqual(Array(5).fill(200));
});

describe('wrong credentials', () => {
  test('are answered 401, and 429 once an address has sent too many', async () => {
    const headers = { ...from('192.0.2.10'), authorization: `Bearer oriel_12345678_${'x'.repeat(43)}` };
    expect(await statusesOf(3, '/api/v1/models', { headers })).toEqual([401, 401, 429]);
    const key = await createKey(app, await createUser(app), { scopes: ['models:read'] });
    // a right one of the same address goes on: a whole company may be behind it
    expect(
      await statusesOf(1, '/api/v1/models', { headers: { ...from('192.0.2.10'), ...key.headers } }),
    ).toEqual([200]);
  });

  test('so are those of clients at the token endpoint, in the words of OAuth', async () => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'nobody',
      client_secret: 'wrong',
    });
    const init = { method: 'POST', headers: from('192.0.2.11'), body };
    expect(await statusesOf(2, '/oauth/token', init)).toEqual([401, 401]);
    const refused = await app.send('/oauth/token', init);
    expect([refused.status, refused.body]).toMatchObject([429, { error: 'temporarily_unavailable' }]);
    expect(refused.headers.get('retry-after')).not.toBeNull();
    const { items } = await app.app.services.audit.list({ action: 'client.refused', limit: 200 });
    expect(items.filter(({ ip }) => ip === '192.0.2.11')).toHaveLength(2);
  });
});

describe('quotas of a key', () => {
  const untilMidnightS = () => 86_400 - ((Date.now() / 1000) % 86_400);

  test.each([predict, '/trpc/models.penguins.predict'])('requests of a day, at %s', async (path) => {
    const { headers } = await createKey(app, await createUser(app), { requestsPerDayMax: 2 });
    const body = path === predict ? gentoo : { json: gentoo };
    for (let i = 0; i < 2; i++) expect((await app.post(path, body, headers)).status).toBe(200);
    const refused = await app.post(path, body, headers);
    expect([refused.status, problemIn(refused.body).code]).toEqual([429, 'QUOTA_EXCEEDED']);
    // to the minute: time passes between the answer and this line
    expect(Math.abs(Number(refused.headers.get('retry-after')) - untilMidnightS())).toBeLessThan(60);
  });

  test('milliseconds of computing', async () => {
    const { headers } = await createKey(app, await createUser(app), { computeMsPerDayMax: 1 });
    await app.post(predict, gentoo, headers);
    // other inputs, which no cache answers, until a millisecond is used up
    const last = await lastOf(2000, async (i) =>
      app.post(predict, { ...gentoo, bodyMassG: 3000 + i }, headers),
    );
    expect(problemIn(last.body).code).toBe('QUOTA_EXCEEDED');
  });

  async function lastOf(times: number, ask: (i: number) => ReturnType<typeof app.send>) {
    for (let i = 0; i < times; i++) {
      const answer = await ask(i);
      if (answer.status !== 200) return answer;
    }
    throw new Error('nothing was refused');
  }

  test('nothing is counted of keys without one', async () => {
    const { headers, key } = await createKey(app, await createUser(app));
    await app.post(predict, gentoo, headers);
    // what a job of it takes
    const used = { keyId: key.id, requests: 0, computeMs: 1 };
    expect(await createQuotaRepository(app.app.database).add('2026-01-05', [used])).toEqual([]);
    expect(await app.app.database.prisma.quotaUsage.count({ where: { keyId: key.id } })).toBe(0);
  });
});
