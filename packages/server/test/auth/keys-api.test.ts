import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKey, createSession, createUser } from '../support/identities.ts';
import { gentoo } from '../support/inputs.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

// What a person does with keys in a browser, over plain HTTP.

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

type Headers = Record<string, string>;

const post = (body: object, headers: Headers) => app.post('/api/v1/keys', body, headers);
const list = (headers: Headers, query = '') => app.send(`/api/v1/keys${query}`, { headers });
const revoke = (id: string, headers: Headers) =>
  app.send(`/api/v1/keys/${id}`, { method: 'DELETE', headers });
const predict = (secret: string, model = 'penguins', input: object = gentoo) =>
  app.post(`/api/v1/models/${model}/predict`, input, { authorization: `Bearer ${secret}` });

/** A person who is signed in. */
async function signIn(role: 'member' | 'admin' = 'member') {
  const user = await createUser(app, role);
  return { user, headers: await createSession(app, user) };
}

/** A key made in the browser. */
async function make(headers: Headers, input: object = {}) {
  const { status, body } = await post({ name: 'CI', scopes: ['predict'], ...input }, headers);
  expect(status).toBe(200);
  return body as { key: { id: string; scopes: string[] }; secret: string };
}

/** The refused fields, from the answer of either door. */
function findIssues(body: {
  issues?: unknown;
  error?: { json: { data: { problem: { issues?: unknown } } } };
}): unknown {
  return body.issues ?? body.error?.json.data.problem.issues;
}

describe('a person who is signed in', () => {
  test('makes a key, is shown its secret once, and calls with it', async () => {
    const { headers } = await signIn();
    const { key, secret } = await make(headers);
    expect(secret).toMatch(new RegExp(`^oriel_${key.id}_[\\w-]{43}$`));
    expect((await predict(secret)).status).toBe(200);
    const { text, body } = await list(headers);
    expect(body).toMatchObject({ items: [{ id: key.id, name: 'CI', revokedAt: null }] });
    expect(text).not.toContain(secret.replace(/^oriel_[^_]+_/, ''));
  });

  test('revokes it: it works no more, here at once', async () => {
    const { headers } = await signIn();
    const { key, secret } = await make(headers);
    expect((await predict(secret)).status).toBe(200);
    expect(await revoke(key.id, headers)).toMatchObject({ status: 200, body: { id: key.id } });
    expect((await predict(secret)).status).toBe(401);
  });

  test('cannot make a key with a scope that is not their own', async () => {
    const { headers } = await signIn();
    const { status, text } = await post({ name: 'CI', scopes: ['predict', 'models:write'] }, headers);
    expect([status, text]).toEqual([403, expect.stringContaining('models:write')]);
  });

  test.each([
    ['that is over already', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    ['without a scope', { scopes: [] }, 'scopes'],
    ['with a scope that is none', { scopes: ['everything'] }, 'scopes'],
    ['with a model that cannot be', { models: ['../etc'] }, 'models'],
    ['with a name that garbles terminals', { name: 'a\u001b[2Jb' }, 'name'],
    ['with no requests at all', { requestsPerDayMax: 0 }, 'requestsPerDayMax'],
  ])('cannot make a key %s', async (_name, input, field) => {
    const { headers } = await signIn();
    const { status, body } = await post({ name: 'CI', scopes: ['predict'], ...input }, headers);
    expect(status).toBe(400);
    expect(body).toMatchObject({ issues: [{ path: expect.arrayContaining([field]) }] });
  });

  test.each([
    ['REST', '/api/v1/keys', (input: object) => input],
    ['tRPC', '/trpc/keys.create', (input: object) => ({ json: input })],
  ])(
    'cannot make a key for a model that there is not, over %s: it would be good for nothing',
    async (_door, path, wrap) => {
      const { headers } = await signIn();
      const input = { name: 'CI', scopes: ['predict'], models: ['penguins', 'pengiuns'] };
      const { status, text } = await app.post(path, wrap(input), headers);
      expect(status).toBe(400);
      expect(findIssues(JSON.parse(text))).toEqual([
        {
          path: ['models', 1],
          rule: 'invalid_value',
          message: 'there is no model "pengiuns"; models: digits, penguins, spam',
        },
      ]);
      expect((await list(headers)).body).toEqual({ items: [] });
    },
  );

  test('names a model once, however often it was named', async () => {
    const { headers } = await signIn();
    expect(await make(headers, { models: ['spam', 'spam'] })).toMatchObject({ key: { models: ['spam'] } });
  });

  test('keeps a key whose model is served no more, beside those that are', async () => {
    const { user, headers } = await signIn();
    const { key, secret } = await make(headers, { models: ['penguins'] });
    const data = { models: ['penguins', 'retired'] };
    await app.app.database.prisma.apiKey.update({ where: { id: key.id }, data });
    expect((await predict(secret)).status).toBe(200);
    expect(await app.app.services.keys.list(user.id)).toMatchObject([data]);
    expect((await list(headers)).body).toMatchObject({ items: [data] });
  });

  test('sees and revokes no key of another: it is not there', async () => {
    const [owner, other] = [await signIn(), await signIn()];
    const { key, secret } = await make(owner.headers);
    expect((await list(other.headers, '?of=everybody')).text).not.toContain(key.id);
    expect((await revoke(key.id, other.headers)).status).toBe(404);
    expect((await predict(secret)).status).toBe(200);
  });

  test('has at most 200 keys that work, also when many are asked for at once', async () => {
    const { user, headers } = await signIn();
    const row = { secretHash: '', userId: user.id, name: 'old', scopes: ['predict'], createdAt: new Date() };
    const rows = Array.from({ length: 200 }, (_, i) => ({ ...row, id: `${user.id.slice(0, 8)}${i}` }));
    await app.app.database.prisma.apiKey.createMany({ data: rows });
    expect((await post({ name: 'one more', scopes: ['predict'] }, headers)).status).toBe(409);
    await revoke(rows[0]?.id ?? '', headers);
    const asked = Array.from({ length: 8 }, () => post({ name: 'one more', scopes: ['predict'] }, headers));
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, ...Array<number>(7).fill(409)]);
  });
});

test('an admin sees everybody’s keys, and revokes them', async () => {
  const [owner, admin] = [await signIn(), await signIn('admin')];
  const { key, secret } = await make(owner.headers);
  expect((await list(admin.headers)).text).not.toContain(key.id);
  expect((await list(admin.headers, '?of=everybody')).text).toContain(key.id);
  expect((await revoke(key.id, admin.headers)).status).toBe(200);
  expect((await predict(secret)).status).toBe(401);
});

test('a key makes no keys, whatever it may do: who steals it must not outlive its revocation', async () => {
  const admin = await createUser(app, 'admin');
  const { headers } = await createKey(app, admin, { scopes: ['admin', 'predict'] });
  expect((await post({ name: 'mine', scopes: ['predict'] }, { ...headers })).status).toBe(403);
});

test('a key for one model finds no other, through either door', async () => {
  const { headers } = await signIn();
  const { secret } = await make(headers, { models: ['penguins'], scopes: ['predict', 'models:read'] });
  const authorization = `Bearer ${secret}`;
  expect((await predict(secret)).status).toBe(200);
  expect((await predict(secret, 'spam', { subject: 'hello', body: 'hello' })).status).toBe(404);
  const input = { json: { subject: 'hello', body: 'hello' } };
  expect((await app.post('/trpc/models.spam.predict', input, { authorization })).status).toBe(404);
  const { text } = await app.send('/api/v1/models', { headers: { authorization } });
  expect(text).toContain('"penguins"');
  expect(text).not.toContain('"spam"');
});

test('who made a key is found again: in the records of what it predicted, and in the audit log', async () => {
  const { user, headers } = await signIn();
  const { key, secret } = await make(headers);
  await predict(secret);
  await app.app.recorder.flush();
  const records = await app.send('/api/v1/predictions', { headers });
  expect(records.body).toMatchObject({ items: [{ caller: `CI (${user.name})` }] });
  const { items } = await app.app.services.audit.list({ actor: `user:${user.id}`, limit: 10 });
  expect(items).toMatchObject([{ action: 'key.created', target: `key:${key.id}` }]);
});

test('last use is written once a minute, not once a request', async () => {
  const { user, headers } = await signIn();
  const { key, secret } = await make(headers);
  await predict(secret);
  const lastUsed = async () => (await app.app.services.keys.list(user.id))[0]?.lastUsedAt;
  await expect.poll(lastUsed).toEqual(expect.any(String));
  const first = await lastUsed();
  // verified anew, as after the cache's life
  for (let i = 0; i < 3; i += 1) await app.app.services.keys.verify(secret);
  // what was put off would come before this
  await app.app.database.prisma.apiKey.findUnique({ where: { id: key.id } });
  expect(await lastUsed()).toBe(first);
});
