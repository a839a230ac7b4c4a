import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testServerUrl } from '../db/support/test-databases.ts';
import { createKey, createSession, createUser } from '../support/identities.ts';
import { gentoo } from '../support/inputs.ts';
import { startServerPair } from '../support/server-pair.ts';
import type { TestApp } from '../support/test-app.ts';

// Skipped where there is no PostgreSQL.

/** The life of what a process knows of a credential; the tests of its cache hold it to that on a clock of their own. */
const revocationMs = 1000;

async function statusOf(app: TestApp, authorization: string): Promise<number> {
  return (await app.post('/api/v1/models/penguins/predict', gentoo, { authorization })).status;
}

/**
 * Asks until it is refused, as a thief would; says when the last request was sent that was let in. Counted from then, a
 * machine that is busy fails no test: late answers to early requests are fine.
 */
async function letInUntilMs(app: TestApp, authorization: string): Promise<number> {
  const startedAt = performance.now();
  for (let lastMs = 0; ; ) {
    const askedMs = performance.now() - startedAt;
    if ((await statusOf(app, authorization)) === 401) return lastMs;
    lastMs = askedMs;
    if (askedMs > 10 * revocationMs) return askedMs;
  }
}

describe.runIf(testServerUrl !== null)('two servers on one PostgreSQL', () => {
  let pair: Awaited<ReturnType<typeof startServerPair>>;
  let one: TestApp;
  let other: TestApp;
  beforeAll(async () => {
    pair = await startServerPair({ ORIEL_PUBLIC_URL: 'https://oriel.example.com' });
    ({ one, other } = pair);
  });
  afterAll(() => pair.close());

  test('a key that one revokes is refused by the other within a second', async () => {
    const user = await createUser(one);
    const { key, headers } = await createKey(one, user);
    expect(await statusOf(other, headers.authorization)).toBe(200);
    const session = await createSession(one, user);
    const revoked = await one.send(`/api/v1/keys/${key.id}`, { method: 'DELETE', headers: session });
    expect(revoked.status).toBe(200);
    expect(await statusOf(one, headers.authorization)).toBe(401);
    expect(await letInUntilMs(other, headers.authorization)).toBeLessThan(revocationMs);
  });

  async function makeClientToken() {
    const admin = await createSession(one, await createUser(one, 'admin'));
    const made = await one.post('/api/v1/clients', { name: 'x', scopes: ['predict'] }, admin);
    const { client, secret } = made.body as { client: { id: string }; secret: string };
    const fields = { client_id: client.id, client_secret: secret };
    return { fields, authorization: await getToken(one, fields) };
  }

  async function getToken(app: TestApp, fields: Record<string, string>): Promise<string> {
    const answer = await send(app, '/oauth/token', { grant_type: 'client_credentials', ...fields });
    return `Bearer ${(answer.body as { access_token: string }).access_token}`;
  }

  const send = (app: TestApp, path: string, fields: Record<string, string>) =>
    app.send(path, { method: 'POST', body: new URLSearchParams(fields) });

  test('a token that one makes is good at the other at once, also when it made its key just now', async () => {
    await one.app.database.prisma.signingKey.deleteMany();
    // the other knows that there is none
    expect((await other.send('/.well-known/jwks.json')).body).toEqual({ keys: [] });
    const { fields, authorization } = await makeClientToken();
    expect(await statusOf(other, authorization)).toBe(200);
    // whose secret is its own, so that it cannot use the key of the first: it makes one, and both are good at both
    const second = await getToken(other, fields);
    expect(await statusOf(one, second)).toBe(200);
    await expect
      .poll(async () => (await one.send('/.well-known/jwks.json')).body)
      .toMatchObject({ keys: [{ alg: 'EdDSA' }, { alg: 'EdDSA' }] });
  });

  test('a token that one revokes is refused by the other within a second', async () => {
    const { fields, authorization } = await makeClientToken();
    expect(await statusOf(other, authorization)).toBe(200);
    await send(one, '/oauth/revoke', { ...fields, token: authorization.slice('Bearer '.length) });
    expect(await statusOf(one, authorization)).toBe(401);
    expect(await letInUntilMs(other, authorization)).toBeLessThan(revocationMs);
  });
});
