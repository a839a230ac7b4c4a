import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testServerUrl } from '../db/support/test-databases.ts';
import { createKey, createUser } from '../support/identities.ts';
import { startServerPair } from '../support/server-pair.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { startRedis } from './support/redis.ts';

// Two servers on one PostgreSQL that tell each other nothing. Skipped where there is none.

const limit = 20;
const settings = { ORIEL_TRUST_PROXY: 'loopback', ORIEL_ANONYMOUS_PER_MINUTE: String(limit) };
const path = '/api/v1/models';
const from = (ip: string) => ({ headers: { 'x-forwarded-for': ip } });

/** Asks both in turn, until both have refused; says how many were let in. */
async function letInBy(apps: readonly TestApp[], init: RequestInit): Promise<number> {
  let letIn = 0;
  for (let refusedInARow = 0, i = 0; refusedInARow < apps.length; i++) {
    const { status } = await (apps[i % apps.length] as TestApp).send(path, init);
    if (status === 200) letIn++;
    refusedInARow = status === 429 ? refusedInARow + 1 : 0;
    // a limit that is none must fail, not hang
    if (i > 20 * limit) break;
  }
  return letIn;
}

describe.runIf(testServerUrl !== null)('two servers on one PostgreSQL', () => {
  let pair: Awaited<ReturnType<typeof startServerPair>>;
  let one: TestApp;
  let other: TestApp;
  beforeAll(async () => {
    pair = await startServerPair(settings);
    ({ one, other } = pair);
  });
  afterAll(() => pair.close());

  test('a limit of N is N over both', async () => {
    expect(await letInBy([one, other], from('192.0.2.1'))).toBe(limit);
  });

  test('many at once at both are never more than N', async () => {
    const ask = ({ send }: TestApp) => Array.from({ length: 2 * limit }, () => send(path, from('192.0.2.2')));
    const answers = await Promise.all([...ask(one), ...ask(other)]);
    const letIn = answers.filter(({ status }) => status === 200).length;
    expect(letIn).toBeLessThanOrEqual(limit);
    expect(letIn + (await letInBy([one, other], from('192.0.2.2')))).toBe(limit);
  });

  test('what one has let in, the other knows of, though it was asked nothing yet', async () => {
    expect(await letInBy([one], from('192.0.2.3'))).toBe(limit);
    expect(await letInBy([other], from('192.0.2.3'))).toBe(0);
  });

  test('a quota that is used up at one is used up at the other once both have written', async () => {
    const key = await createKey(one, await createUser(one), {
      scopes: ['models:read'],
      requestsPerDayMax: 10,
    });
    const init = { headers: { ...key.headers } };
    // both have seen the key, so that neither reads it from the database anew
    expect((await one.send(path, init)).status).toBe(200);
    expect((await other.send(path, init)).status).toBe(200);
    expect(await letInBy([one], init)).toBeLessThanOrEqual(9);
    const usage = () => one.app.database.prisma.quotaUsage.findFirst({ where: { keyId: key.key.id } });
    await expect.poll(async () => (await usage())?.requests, { timeout: 10_000 }).toBeGreaterThanOrEqual(10);
    // the other reads the sum with the next part it adds
    await expect
      .poll(async () => (await other.send(path, init)).status, { interval: 300, timeout: 10_000 })
      .toBe(429);
  });

  test('without the table of the limits requests go on, each server by its own count, and it is counted', async () => {
    const rename = (from: string, to: string) =>
      one.app.database.pool.query(`ALTER TABLE ${from} RENAME TO ${to}`);
    await rename('rate_limit', 'rate_limit_away');
    try {
      expect(await letInBy([one], from('192.0.2.4'))).toBe(limit);
      expect((await one.send('/metrics')).text).toMatch(/oriel_limit_store_failures_total [1-9]/);
    } finally {
      await rename('rate_limit_away', 'rate_limit');
    }
  });
});

test('two servers on one Redis share a limit, and go on by themselves when it stops', async (context) => {
  const redis = await startRedis();
  // a machine need not have one: limits are kept in the database by default, which the tests above show
  if (!redis) return context.skip('no redis-server');
  const env = { ...settings, REDIS_URL: redis.url };
  const apps = [await startTestApp(env), await startTestApp(env)];
  try {
    expect(await letInBy(apps, from('192.0.2.1'))).toBe(limit);
    await redis.stop();
    expect(await letInBy(apps, from('192.0.2.2'))).toBe(2 * limit);
  } finally {
    for (const app of apps) await app.close();
    await redis.stop();
  }
});
