import { hasErrorCode, problemOf } from '@oriel/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '../../src/auth/audit/service.ts';
import { createKey, createUser, type TestKey } from '../support/identities.ts';
import { gentoo } from '../support/inputs.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const rest = '/api/v1/models/penguins/predict';
const trpc = '/trpc/models.penguins.predict';

/** The same call through both doors: status and what asks for a credential. */
async function throughBoth(headers: Record<string, string>) {
  const answers = [await app.post(rest, gentoo, headers), await app.post(trpc, { json: gentoo }, headers)];
  return answers.map(({ status, headers: sent, text }) => ({
    status,
    challenge: sent.get('www-authenticate'),
    // of the problem: tRPC has a code of its own beside it
    code: /"code":"([A-Z_]+)","requestId"/.exec(text)?.[1],
  }));
}

const both = <T>(answer: T) => [answer, answer];
const isRefused = {
  status: 401,
  challenge: 'Bearer realm="oriel", error="invalid_token"',
  code: 'UNAUTHENTICATED',
};
const isFine = { status: 200, challenge: null, code: undefined };

describe('an API key', () => {
  test('lets its holder do what its scopes say, through both doors', async () => {
    const { headers } = await createKey(app, await createUser(app));
    expect(await throughBoth(headers)).toEqual(both(isFine));
  });

  test('without the scope is refused with the name of what is missing', async () => {
    const { headers } = await createKey(app, await createUser(app), { scopes: ['jobs:read'] });
    expect(await throughBoth(headers)).toEqual(
      both({
        status: 403,
        challenge: 'Bearer realm="oriel", error="insufficient_scope", scope="predict"',
        code: 'FORBIDDEN',
      }),
    );
  });

  test.each([
    ['unknown', () => `Bearer oriel_aaaaaaaa_${'a'.repeat(43)}`],
    ['with the secret of another', (mine: string, other: string) => mine.slice(0, 22) + other.slice(22)],
    ['cut', (mine: string) => mine.slice(0, -1)],
    ['for another scheme', (mine: string) => mine.replace('Bearer', 'Basic')],
  ])('that is wrong is 401, never anonymous: %s', async (_name, spoil) => {
    const user = await createUser(app);
    const [mine, other] = [await createKey(app, user), await createKey(app, user)];
    const authorization = spoil(mine.headers.authorization, other.headers.authorization);
    expect(await throughBoth({ authorization })).toEqual(both(isRefused));
  });

  test('that is wrong is refused before the body is read', async () => {
    const { status } = await app.send(rest, {
      method: 'POST',
      body: '{"not": JSON',
      headers: { 'content-type': 'application/json', authorization: 'Bearer oriel_wrong' },
    });
    expect(status).toBe(401);
  });

  test('the typed client is told the code', async () => {
    const { client } = await createKey(app, await createUser(app), { scopes: ['jobs:read'] });
    const error: unknown = await client.models.penguins.predict
      .mutate(gentoo)
      .catch((thrown: unknown) => thrown);
    expect(hasErrorCode(error, 'FORBIDDEN')).toBe(true);
    expect(problemOf(error)?.detail).toContain('"predict"');
  });

  test('that is revoked is refused at once by the process that revoked it', async () => {
    const user = await createUser(app);
    const { key, headers } = await createKey(app, user);
    await throughBoth(headers);
    await app.app.services.keys.revoke(systemActor, key.id, user.id);
    expect(await throughBoth(headers)).toEqual(both(isRefused));
  });

  test('that another process revoked is refused soon: the cache says how soon, see its tests', async () => {
    const { key, headers } = await createKey(app, await createUser(app));
    await throughBoth(headers);
    // as another process does it: nothing tells this one
    await update(key.id, { revokedAt: new Date() });
    await expect.poll(() => throughBoth(headers)).toEqual(both(isRefused));
  });

  test.each([
    ['expired', ({ key }: TestKey) => update(key.id, { expiresAt: new Date(Date.now() - 1) })],
    [
      'of a user who was disabled',
      ({ key }: TestKey) =>
        app.app.database.prisma.user.update({ where: { id: key.userId }, data: { disabledAt: new Date() } }),
    ],
  ])('that is %s is refused', async (_name, spoil) => {
    const key = await createKey(app, await createUser(app));
    await spoil(key);
    expect(await throughBoth(key.headers)).toEqual(both(isRefused));
  });

  test('loses what its user may no longer do', async () => {
    const user = await createUser(app, 'admin');
    const { headers } = await createKey(app, user, { scopes: ['predict', 'admin', 'monitoring:read'] });
    const mine = async () => (await app.send('/api/v1/predictions', { headers })).body;
    await app.post(rest, gentoo);
    await app.app.recorder.flush();
    await app.app.database.prisma.user.update({ where: { id: user.id }, data: { role: 'member' } });
    expect(await mine()).toEqual({ items: [], nextCursor: null });
  });

  test('for some models knows of no others', async () => {
    const { headers, client } = await createKey(app, await createUser(app), {
      scopes: ['predict', 'models:read'],
      models: ['spam'],
    });
    expect(await throughBoth(headers)).toMatchObject(both({ status: 404, code: 'MODEL_NOT_FOUND' }));
    expect((await client.models.list.query()).models.map(({ id }) => id)).toEqual(['spam']);
    await expect(client.models.get.query({ id: 'digits' })).rejects.toThrow(
      'There is no model "digits". Models: spam.',
    );
  });

  test('says when it was last used', async () => {
    const user = await createUser(app);
    const { key, headers } = await createKey(app, user);
    expect(key.lastUsedAt).toBeNull();
    await throughBoth(headers);
    await expect
      .poll(async () => (await app.app.services.keys.list(user.id))[0]?.lastUsedAt)
      .toEqual(expect.any(String));
  });

  test('cannot be made with more rights than its user has', async () => {
    const made = createKey(app, await createUser(app), { scopes: ['predict', 'admin'] });
    await expect(made).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('is not in the database: what is there opens nothing', async () => {
    const { key, headers } = await createKey(app, await createUser(app));
    const { rows } = await app.app.database.pool.query('SELECT * FROM api_key WHERE id = $1', [key.id]);
    const secret = headers.authorization.replace(/^Bearer oriel_[^_]+_/, '');
    const dump = JSON.stringify(rows);
    expect(dump).toContain(key.id);
    expect(dump).not.toContain(secret);
    const { secret_hash: secretHash } = rows[0];
    expect(await throughBoth({ authorization: `Bearer oriel_${key.id}_${secretHash}` })).toEqual(
      both(isRefused),
    );
    expect(
      await throughBoth({ authorization: `Bearer oriel_${key.id}_${String(secretHash).slice(0, 43)}` }),
    ).toEqual(both(isRefused));
  });

  test('of another user cannot be revoked: it is not there', async () => {
    const { key, headers } = await createKey(app, await createUser(app));
    const stranger = await createUser(app);
    const revoked = app.app.services.keys.revoke(systemActor, key.id, stranger.id);
    await expect(revoked).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await throughBoth(headers)).toEqual(both(isFine));
  });
});

describe('the audit log', () => {
  test('tells of keys that were made and revoked, newest first, without their secrets', async () => {
    const user = await createUser(app);
    const by = { principal: { id: `user:${user.id}` }, exchange: { ip: '192.0.2.1' } };
    const { keys, audit } = app.app.services;
    const { key, secret } = await keys.create(by, user, {
      name: 'CI',
      scopes: ['predict'],
      models: null,
      expiresAt: null,
      requestsPerDayMax: null,
      computeMsPerDayMax: null,
    });
    await keys.revoke(by, key.id, user.id);
    const first = await audit.list({ actor: by.principal.id, limit: 1 });
    expect(first.items).toMatchObject([{ action: 'key.revoked', target: `key:${key.id}`, ip: '192.0.2.1' }]);
    const second = await audit.list({ actor: by.principal.id, limit: 1, cursor: first.nextCursor ?? '' });
    expect(second).toMatchObject({
      items: [{ action: 'key.created', detail: { name: 'CI', scopes: ['predict'] } }],
      nextCursor: null,
    });
    expect(JSON.stringify(second)).not.toContain(secret.replace(/^oriel_[^_]+_/, ''));
  });
});

function update(id: string, data: { revokedAt?: Date; expiresAt?: Date }) {
  return app.app.database.prisma.apiKey.update({ where: { id }, data });
}
