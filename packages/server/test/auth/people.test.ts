import { randomUUID } from 'node:crypto';
import { parseOptions } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '../../src/auth/audit/service.ts';
import { createPasswordHasher } from '../../src/auth/passwords/hasher.ts';
import { createBrowser, type TestBrowser } from '../support/browser.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const password = 'seven blue penguins';
const cheap = { ORIEL_PASSWORD_MEMORY_KIB: '1024', ORIEL_PASSWORD_PASSES: '1' };
const cookieName = 'oriel-session';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ ...cheap, ORIEL_SIGN_IN_ATTEMPTS_MAX: '1000' });
});
afterAll(() => app.close());

/** A person with an account and this password. */
async function createPerson(on = app, role: 'admin' | 'member' = 'member') {
  const email = `${randomUUID()}@example.com`;
  const name = `Ada ${email.slice(0, 4)}`;
  const { users } = on.app.services;
  const { user, link } = await users.create(systemActor, { email, name, role });
  await createBrowser(on).post('/api/v1/auth/use-link', { token: link.token, password });
  return { ...user, password };
}

type Person = Awaited<ReturnType<typeof createPerson>>;

async function signIn(person: Pick<Person, 'email' | 'password'>, on = app): Promise<TestBrowser> {
  const browser = createBrowser(on);
  await signInWith(browser, person);
  return browser;
}

function signInWith(browser: TestBrowser, { email, password: secret }: Pick<Person, 'email' | 'password'>) {
  return browser.post('/api/v1/auth/sign-in', { email, password: secret });
}

/** The actions of the audit log that are about a person or done by one, newest first. */
async function actionsOf({ id }: Person): Promise<string[]> {
  const { items } = await app.app.services.audit.list({ limit: 200 });
  return items
    .filter(({ actor, target }) => [actor, target].includes(`user:${id}`))
    .map(({ action }) => action);
}

describe('signing in', () => {
  test('makes a session in a cookie that scripts and other sites do not get', async () => {
    const person = await createPerson();
    const { status, body, headers } = await signInWith(createBrowser(app), person);
    expect(status).toBe(200);
    expect(body).toMatchObject({ user: { email: person.email, role: 'member', hasPassword: true } });
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^oriel-session=[a-z2-7]{40}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/,
      ),
    ]);
    expect(JSON.stringify(body)).not.toContain('argon2');
  });

  test('is through both doors, and does not mind the case of the address', async () => {
    const person = await createPerson();
    const browser = createBrowser(app);
    await browser.post('/trpc/auth.signIn', {
      json: { email: person.email.toUpperCase(), password: person.password },
    });
    expect(await browser.whoAmI()).toBe(person.name);
  });

  test('does not mind white space around the address, which is copied with it easily', async () => {
    const person = await createPerson();
    expect(await (await signIn({ ...person, email: ` ${person.email}\n` })).whoAmI()).toBe(person.name);
    const inside = await signInWith(createBrowser(app), { ...person, email: 'ada @example.com' });
    expect(inside).toMatchObject({ status: 400, body: { issues: [{ path: ['email'] }] } });
  });

  test('leaves the session that the browser had, and takes none that was planted there', async () => {
    const [person, attacker] = [await createPerson(), await createPerson()];
    const theirs = await signIn(attacker);
    const planted = theirs.cookies.get(cookieName) ?? '';
    const victim = createBrowser(app);
    victim.cookies.set(cookieName, planted);
    await signInWith(victim, person);
    expect(victim.cookies.get(cookieName)).not.toBe(planted);
    expect(await victim.whoAmI()).toBe(person.name);
    expect(await theirs.whoAmI()).toBe(null);
  });

  test('gives a new id each time, also over one that a stranger made up', async () => {
    const person = await createPerson();
    const browser = createBrowser(app);
    browser.cookies.set(cookieName, 'a'.repeat(40));
    await signInWith(browser, person);
    const first = browser.cookies.get(cookieName);
    await signInWith(browser, person);
    expect(new Set([first, browser.cookies.get(cookieName), 'a'.repeat(40)]).size).toBe(3);
  });

  test('with a password that was hashed at another cost hashes it anew', async () => {
    const person = await createPerson();
    const old = await createPasswordHasher({ memoryKib: 2048, passes: 3 }).hash(person.password);
    const { user } = app.app.database.prisma;
    await user.update({ where: { id: person.id }, data: { passwordHash: old } });
    expect(await (await signIn(person)).whoAmI()).toBe(person.name);
    const { passwordHash } = await user.findUniqueOrThrow({ where: { id: person.id } });
    expect(parseOptions(passwordHash ?? '')).toMatchObject({ memoryCost: 1024, timeCost: 1 });
  });

  test.each([
    ['a wrong password', async (person: Person) => ({ ...person, password: 'eight red penguins' })],
    ['no such account', async () => ({ email: `${randomUUID()}@example.com`, password })],
    ['an account that was disabled', disable],
    ['an account without a password', async () => ({ email: await createWithoutPassword(), password })],
  ])('tells nobody which accounts there are: %s', async (_name, spoil) => {
    const { status, body, headers } = await signInWith(createBrowser(app), await spoil(await createPerson()));
    expect(status).toBe(401);
    expect(body).toMatchObject({ detail: 'The e-mail address or the password is wrong.' });
    expect(headers.getSetCookie()).toEqual([]);
  });

  async function disable(person: Person) {
    await app.app.services.users.update(systemActor, { id: person.id, isDisabled: true });
    return person;
  }

  async function createWithoutPassword() {
    const email = `${randomUUID()}@example.com`;
    await app.app.services.users.create(systemActor, { email, name: 'Grace', role: 'member' });
    return email;
  }
});

describe('a session', () => {
  test('that is over cannot be used again, however its cookie was kept', async () => {
    const browser = await signIn(await createPerson());
    const thief = createBrowser(app);
    thief.cookies.set(cookieName, browser.cookies.get(cookieName) ?? '');
    expect(await thief.whoAmI()).not.toBe(null);
    await browser.post('/api/v1/auth/sign-out');
    expect(browser.cookies.size).toBe(0);
    expect(await thief.whoAmI()).toBe(null);
    expect((await thief.get('/api/v1/auth/sessions')).status).toBe(401);
  });

  test('is not for pages of other sites', async () => {
    const browser = await signIn(await createPerson());
    const headers = { cookie: `${cookieName}=${browser.cookies.get(cookieName)}` };
    const crossSite = { ...headers, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    expect((await app.post('/api/v1/auth/sessions/end-others', {}, crossSite)).status).toBe(403);
    const own = { ...headers, 'sec-fetch-site': 'same-origin' };
    expect((await app.post('/api/v1/auth/sessions/end-others', {}, own)).status).toBe(200);
  });

  test('ends when its user is disabled', async () => {
    const person = await createPerson();
    const browser = await signIn(person);
    await app.app.services.users.update(systemActor, { id: person.id, isDisabled: true });
    expect(await browser.whoAmI()).toBe(null);
  });

  test.each([
    ['key', '/api/v1/keys', { name: 'x', scopes: ['predict'] }],
    ['token', '/api/v1/auth/tokens', { scopes: ['predict'] }],
  ])(
    'that has ended elsewhere is told no new %s, though it is still known here',
    async (_what, path, input) => {
      const person = await createPerson();
      const browser = await signIn(person);
      expect(await browser.whoAmI()).not.toBe(null);
      // what another process does
      await app.app.database.prisma.session.deleteMany({ where: { userId: person.id } });
      expect(await browser.post(path, input)).toMatchObject({
        status: 401,
        body: { code: 'UNAUTHENTICATED' },
      });
    },
  );

  const hour = 3_600_000;
  test.each([
    ['was not used for long', { expiresAt: new Date(Date.now() - 1) }],
    ['is old, however it is used', { createdAt: new Date(Date.now() - 720 * hour) }],
  ])('ends when it %s', async (_name, data) => {
    const person = await createPerson();
    const browser = await signIn(person);
    await app.app.database.prisma.session.updateMany({ where: { userId: person.id }, data });
    await expect.poll(() => browser.whoAmI()).toBe(null);
  });

  test('that is used ends later, up to its last day', async () => {
    const person = await createPerson();
    const browser = await signIn(person);
    const { session } = app.app.database.prisma;
    const where = { userId: person.id };
    const createdAt = new Date(Date.now() - 700 * hour);
    const lastSeenAt = new Date(Date.now() - 2 * hour);
    await session.updateMany({ where, data: { createdAt, lastSeenAt } });
    const seenAgain = async () => {
      await browser.whoAmI();
      const row = await session.findFirstOrThrow({ where, orderBy: { lastSeenAt: 'desc' } });
      return row.lastSeenAt > lastSeenAt ? row.expiresAt.getTime() : null;
    };
    await expect.poll(seenAgain).toBe(createdAt.getTime() + 720 * hour);
  });

  test('is listed, and ended by its owner alone', async () => {
    const [person, other] = [await createPerson(), await createPerson()];
    const [here, there] = [await signIn(person), await signIn(person)];
    const list = async () => {
      const { body } = await here.get('/api/v1/auth/sessions');
      return (body as { items: { id: string; isCurrent: boolean }[] }).items;
    };
    const items = await list();
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ isCurrent: true, userAgent: 'Test browser', ipPrefix: '127.0.0.0/24' }),
      ]),
    );
    const target = items.find(({ isCurrent }) => !isCurrent);
    expect((await (await signIn(other)).delete(`/api/v1/auth/sessions/${target?.id}`)).status).toBe(404);
    // what names it in the list is no way in
    const thief = createBrowser(app);
    thief.cookies.set(cookieName, target?.id ?? '');
    expect(await thief.whoAmI()).toBe(null);

    // the other of the two that sign-in made; the link's own was the third
    const { body } = await here.post('/api/v1/auth/sessions/end-others');
    expect(body).toEqual({ endedCount: items.length - 1 });
    expect(await there.whoAmI()).toBe(null);
    expect(await here.whoAmI()).toBe(person.name);
    expect(await list()).toHaveLength(1);
  });

  test('a dump of the database holds nothing that signs in', async () => {
    const person = await createPerson();
    const browser = await signIn(person);
    const { token } = await app.app.services.users.createLink(systemActor, person.id);
    const { prisma } = app.app.database;
    const dump = JSON.stringify([
      await prisma.user.findMany(),
      await prisma.session.findMany(),
      await prisma.signInLink.findMany(),
      await prisma.auditEvent.findMany(),
    ]);
    expect(dump).toContain(person.email);
    const secrets = [person.password, token, browser.cookies.get(cookieName) ?? 'no cookie'];
    for (const secret of secrets) expect(dump).not.toContain(secret);
  });
});

describe('changing the password', () => {
  test('ends every session; this browser gets a new one', async () => {
    const person = await createPerson();
    const [here, there] = [await signIn(person), await signIn(person)];
    const before = here.cookies.get(cookieName);
    const { status } = await here.post('/api/v1/auth/change-password', {
      currentPassword: password,
      newPassword: 'nine green penguins',
    });
    expect(status).toBe(200);
    expect(here.cookies.get(cookieName)).not.toBe(before);
    expect(await here.whoAmI()).toBe(person.name);
    expect(await there.whoAmI()).toBe(null);
    expect((await signInWith(there, person)).status).toBe(401);
    expect((await signInWith(there, { ...person, password: 'nine green penguins' })).status).toBe(200);
  });

  test.each([
    ['without the one that there is', { newPassword: 'nine green penguins' }, 'currentPassword'],
    ['with a wrong one', { currentPassword: 'x', newPassword: 'nine green penguins' }, 'currentPassword'],
    ['to a short one', { currentPassword: password, newPassword: 'short' }, 'newPassword'],
    ['to a common one', { currentPassword: password, newPassword: 'Password1234' }, 'newPassword'],
  ])('is refused %s', async (_name, input, field) => {
    const browser = await signIn(await createPerson());
    const { status, body } = await browser.post('/api/v1/auth/change-password', input);
    expect(status).toBe(400);
    expect(body).toMatchObject({ issues: [{ path: [field] }] });
  });
});

describe('a one-time link', () => {
  test('sets the password and signs in, once; earlier sessions end', async () => {
    const person = await createPerson();
    const there = await signIn(person);
    const { token } = await app.app.services.users.createLink(systemActor, person.id);
    const browser = createBrowser(app);
    const use = () => browser.post('/api/v1/auth/use-link', { token, password: 'nine green penguins' });
    expect((await use()).status).toBe(200);
    expect(await browser.whoAmI()).toBe(person.name);
    expect(await there.whoAmI()).toBe(null);
    expect((await use()).status).toBe(401);
  });

  test('is not used up by a password that is refused', async () => {
    const { id } = await createPerson();
    const { token } = await app.app.services.users.createLink(systemActor, id);
    const browser = createBrowser(app);
    expect((await browser.post('/api/v1/auth/use-link', { token, password: 'short' })).status).toBe(400);
    expect((await browser.post('/api/v1/auth/use-link', { token, password })).status).toBe(200);
  });

  test('works for one of two who use it at once', async () => {
    const { id } = await createPerson();
    const { token } = await app.app.services.users.createLink(systemActor, id);
    const use = () => createBrowser(app).post('/api/v1/auth/use-link', { token, password });
    const statuses = (await Promise.all([use(), use()])).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 401]);
  });

  test.each([
    ['is too old', (userId: string) => age(userId)],
    ['was followed by another', (userId: string) => app.app.services.users.createLink(systemActor, userId)],
    [
      'is of a user who was disabled',
      (id: string) => app.app.services.users.update(systemActor, { id, isDisabled: true }),
    ],
  ])('does not work when it %s', async (_name, spoil) => {
    const { id } = await createPerson();
    const { token } = await app.app.services.users.createLink(systemActor, id);
    await spoil(id);
    const { status, headers } = await createBrowser(app).post('/api/v1/auth/use-link', { token, password });
    expect(status).toBe(401);
    expect(headers.getSetCookie()).toEqual([]);
  });

  async function age(userId: string) {
    const data = { expiresAt: new Date(Date.now() - 1) };
    await app.app.database.prisma.signInLink.updateMany({ where: { userId }, data });
  }
});

describe('registering', () => {
  const ada = () => ({ email: `${randomUUID()}@example.com`, name: 'Ada', password });

  test('is closed unless a setting opens it', async () => {
    expect((await createBrowser(app).get('/api/v1/auth/state')).body).toMatchObject({
      registration: 'closed',
    });
    expect((await createBrowser(app).post('/api/v1/auth/register', ada())).status).toBe(403);
  });

  test('answers the same for an address that has an account, and changes nothing of it', async () => {
    const open = await startTestApp({ ...cheap, ORIEL_REGISTRATION: 'open' });
    try {
      const person = ada();
      const register = (input: object) => createBrowser(open).post('/api/v1/auth/register', input);
      const [first, second] = [
        await register(person),
        await register({ ...person, password: 'nine green penguins', name: 'Eve' }),
      ];
      expect([first.status, second.status]).toEqual([200, 200]);
      expect(second.body).toEqual(first.body);
      expect(await (await signIn(person, open)).whoAmI()).toBe('Ada');
      expect((await register({ ...person, password: 'password1234' })).status).toBe(400);
    } finally {
      await open.close();
    }
  });

  test('may take a few passwords until one is good enough; neither that nor a link counts as a guess', async () => {
    const open = await startTestApp({
      ...cheap,
      ORIEL_REGISTRATION: 'open',
      ORIEL_SIGN_IN_ATTEMPTS_MAX: '2',
    });
    try {
      const person = ada();
      const browser = createBrowser(open);
      const register = (input: object) => browser.post('/api/v1/auth/register', input);
      const statuses: number[] = [];
      for (const secret of ['short', 'password1234', 'ada', 'aaaaaaaaaaaa', person.password])
        statuses.push((await register({ ...person, password: secret })).status);
      expect(statuses).toEqual([400, 400, 400, 400, 200]);
      expect((await register(ada())).status).toBe(200);
      const { status, headers, body } = await register(ada());
      expect([status, headers.get('retry-after')]).toEqual([429, '60']);
      expect(body).toMatchObject({ code: 'RATE_LIMITED' });

      expect(await (await signIn(person, open)).whoAmI()).toBe('Ada');
      const { link } = await open.app.services.users.create(systemActor, { ...ada(), role: 'member' });
      const useLink = (secret: string) =>
        browser.post('/api/v1/auth/use-link', { token: link.token, password: secret });
      for (const secret of ['short', 'password1234', 'ada']) expect((await useLink(secret)).status).toBe(400);
      expect((await useLink(password)).status).toBe(200);
    } finally {
      await open.close();
    }
  });
});

describe('the audit log', () => {
  test('tells of what people do, and of failures', async () => {
    // one admin has to stay
    await createPerson(app, 'admin');
    const person = await createPerson();
    await signInWith(createBrowser(app), { ...person, password: 'wrong' });
    const browser = await signIn(person);
    await browser.post('/api/v1/auth/change-password', {
      currentPassword: password,
      newPassword: 'nine green penguins',
    });
    await browser.post('/api/v1/auth/sign-out');
    await app.app.services.users.update(systemActor, { id: person.id, role: 'admin' });
    await app.app.services.users.update(systemActor, { id: person.id, isDisabled: true });
    expect(await actionsOf(person)).toEqual([
      'user.disabled',
      'user.role-changed',
      'user.signed-out',
      'user.signed-in',
      'user.password-changed',
      'user.signed-in',
      'user.sign-in-failed',
      'user.signed-in',
      'user.password-changed',
      'sign-in-link.created',
      'user.created',
    ]);
  });
});
