import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PrincipalUser } from '../../src/auth/principal.ts';
import { createKey, createUser } from '../support/identities.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let app: TestApp;
let admin: PrincipalUser;
let headers: Record<string, string>;
beforeAll(async () => {
  app = await startTestApp();
  admin = await createUser(app, 'admin');
  headers = { ...(await createKey(app, admin, { scopes: ['admin'] })).headers };
});
afterAll(() => app.close());

const users = '/api/v1/users';

function change(id: string, body: object) {
  return app.send(`${users}/${id}`, {
    method: 'PATCH',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

describe('users', () => {
  test('are made with a link, once for each address', async () => {
    const email = `${randomUUID()}@Example.com`;
    const first = await app.post(users, { email, name: ' Ada ' }, headers);
    expect(first.body).toMatchObject({
      user: { email: email.toLowerCase(), name: 'Ada', role: 'member', hasPassword: false },
      link: { path: expect.stringMatching(/^\/#\/sign-in-link\/[\w-]{43}$/) },
    });
    const second = await app.post(users, { email: email.toLowerCase(), name: 'Eve' }, headers);
    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({ code: 'CONFLICT', issues: [{ path: ['email'] }] });
  });

  test('are listed in pages that miss nobody', async () => {
    for (let i = 0; i < 3; i++)
      await app.post(users, { email: `${randomUUID()}@example.com`, name: 'Ada' }, headers);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await app.send(`${users}?limit=2${query}`, { headers });
      const page = body as { items: { id: string }[]; nextCursor: string | null };
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(await app.app.database.prisma.user.count());
  });

  test('become admins and members again, and are disabled and enabled', async () => {
    const { id } = await createUser(app);
    const changes: [object, object][] = [
      [{ role: 'admin' }, { role: 'admin', isDisabled: false }],
      [
        { role: 'member', name: 'Grace' },
        { role: 'member', name: 'Grace' },
      ],
      [{ isDisabled: true }, { isDisabled: true, role: 'member' }],
      [{ isDisabled: false }, { isDisabled: false }],
    ];
    for (const [wanted, after] of changes) {
      const { status, body } = await change(id, wanted);
      expect(status).toBe(200);
      expect(body).toMatchObject(after);
    }
    expect((await change(randomUUID(), { role: 'admin' })).status).toBe(404);
  });

  test('what an admin may do is lost at once by one who is none any more', async () => {
    const former = await createUser(app, 'admin');
    const { headers: theirs } = await createKey(app, former, { scopes: ['admin'] });
    expect((await app.send(users, { headers: theirs })).status).toBe(200);
    await change(former.id, { role: 'member' });
    expect((await app.send(users, { headers: theirs })).status).toBe(403);
  });

  test.each([{ role: 'member' }, { isDisabled: true }])('the last admin stays one: %o', async (wanted) => {
    const { status, body } = await change(admin.id, wanted);
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'CONFLICT' });
  });

  test('of two admins who remove each other at once, one stays', async () => {
    const other = await createUser(app, 'admin');
    const { services } = app.app;
    const remove = (by: PrincipalUser, { id }: PrincipalUser) =>
      services.users.update(
        { principal: { id: `user:${by.id}` }, exchange: { ip: null } },
        { id, role: 'member' },
      );
    const results = await Promise.allSettled([remove(admin, other), remove(other, admin)]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await app.app.database.prisma.user.count({ where: { role: 'admin' } })).toBe(1);
    // for the tests that follow
    await app.app.database.prisma.user.update({ where: { id: admin.id }, data: { role: 'admin' } });
  });
});

describe('attempts to sign in', () => {
  test('are limited through both doors together, for accounts that there are not just the same', async () => {
    const wrong = { email: 'nobody@example.com', password: 'wrong' };
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await app.post('/api/v1/auth/sign-in', wrong)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401]);
    const { status, headers: answered } = await app.post('/trpc/auth.signIn', { json: wrong });
    expect(status).toBe(429);
    expect(Number(answered.get('retry-after'))).toBeGreaterThan(0);
    // nothing else is limited by it
    expect((await app.send('/api/v1/auth/state')).status).toBe(200);
  });
});
