import { randomUUID } from 'node:crypto';
import { generateKeyPair, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '../../src/auth/audit/service.ts';
import { createKey, createUser } from '../support/identities.ts';
import { createTraveller, type Lie, type ProviderPerson, startProvider } from '../support/provider.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const quick = {
  ORIEL_THREADS: '1',
  ORIEL_SIGN_IN_ATTEMPTS_MAX: '1000',
  ORIEL_PASSWORD_MEMORY_KIB: '1024',
  ORIEL_PASSWORD_PASSES: '1',
};
const password = 'seven blue penguins';

let provider: Awaited<ReturnType<typeof startProvider>>;
let app: TestApp;
beforeAll(async () => {
  provider = await startProvider();
  app = await startTestApp({ ...quick, ...provider.env, ORIEL_REGISTRATION: 'open' });
  await provider.serve(app.url);
});
afterEach(() => provider.lieWith(undefined));
afterAll(async () => {
  await app.close();
  await provider.stop();
});

/** Somebody whom the provider knows, and knows the address of. */
function createPerson(person: ProviderPerson = {}) {
  const login = randomUUID();
  const email = `${login}@example.com`;
  provider.people.set(login, { email, email_verified: true, name: `Ada ${login.slice(0, 4)}`, ...person });
  return { login, email, name: `Ada ${login.slice(0, 4)}` };
}

/** To the provider; what comes back is the address that it sends the browser to. */
async function goToProvider(login: string, change: (url: URL) => void = () => undefined) {
  const traveller = createTraveller();
  const { location } = await traveller.open(`${app.url}/auth/oidc/start`);
  const start = new URL(location ?? '');
  change(start);
  return { traveller, answer: await traveller.signInAt(provider.issuer, start.href, login) };
}

/** There and back. */
async function signIn(login: string, change?: (url: URL) => void) {
  const { traveller, answer } = await goToProvider(login, change);
  return { traveller, ...(await traveller.open(answer)) };
}

async function whoIs({ open }: ReturnType<typeof createTraveller>): Promise<unknown> {
  const { text } = await open(`${app.url}/api/v1/auth/state`);
  // the shape of AuthState, which the tests of the router see to
  return (JSON.parse(text) as { user: { email: string; hasPassword: boolean; role: string } | null }).user;
}

const home = () => `${app.url}/#/`;
const refused = (reason: string) => `${app.url}/#/sign-in?error=${reason}`;

async function eventsOf(email: string) {
  const { id } = await app.app.database.prisma.user.findUniqueOrThrow({ where: { email } });
  const { items } = await app.app.services.audit.list({ limit: 200 });
  return items.filter(({ actor, target }) => [actor, target].includes(`user:${id}`));
}

describe('the way to the provider', () => {
  test('takes PKCE, state and nonce along, and leaves a cookie that only this server can read', async () => {
    const traveller = createTraveller();
    const { status, location, headers } = await traveller.open(`${app.url}/auth/oidc/start`);
    const { origin, searchParams } = new URL(location ?? '');
    expect([status, origin]).toEqual([303, provider.issuer]);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: 'oriel',
      response_type: 'code',
      redirect_uri: `${app.url}/auth/oidc/callback`,
      scope: 'openid email profile',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    const [cookie = '', ...others] = headers.getSetCookie();
    expect(others).toEqual([]);
    expect(cookie).toMatch(/^oriel-oidc=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(cookie).not.toContain(searchParams.get('state'));
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('and the provider’s name are told to the page', async () => {
    const { body } = await app.send('/api/v1/auth/state');
    expect(body).toMatchObject({ provider: { name: 'Example' } });
  });

  test('leads nowhere else, whatever the address asks for', async () => {
    const { login } = createPerson();
    const traveller = createTraveller();
    const elsewhere = '?redirect_uri=https://evil.example&return_to=//evil.example';
    const { location } = await traveller.open(`${app.url}/auth/oidc/start${elsewhere}`);
    expect(location).not.toContain('evil');
    const answer = await traveller.signInAt(provider.issuer, location ?? '', login);
    expect(await traveller.open(`${answer}&return_to=//evil.example`)).toMatchObject({ location: home() });
  });
});

describe('who comes back from the provider', () => {
  test('for the first time gets an account, where anybody may', async () => {
    const { login, email, name } = createPerson();
    const { traveller, status, location, headers } = await signIn(login);
    expect([status, location]).toEqual([303, home()]);
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^oriel-oidc=; Max-Age=0; /),
      expect.stringMatching(/^oriel-session=\w{40}; .*SameSite=Strict$/),
    ]);
    expect(await whoIs(traveller)).toMatchObject({ email, name, role: 'member', hasPassword: false });
    expect((await eventsOf(email)).map(({ action }) => action)).toEqual([
      'user.signed-in',
      'user.identity-linked',
      'user.registered',
    ]);
  });

  test('again is the same person, even under another address that is not verified', async () => {
    const { login, email } = createPerson();
    await signIn(login);
    provider.people.set(login, { email: 'another@example.com', email_verified: false });
    const { traveller } = await signIn(login);
    expect(await whoIs(traveller)).toMatchObject({ email });
  });

  test('ends the session that the browser had, though it does not come along', async () => {
    const [before, after] = [createPerson(), createPerson()];
    const { traveller } = await signIn(before.login);
    const former = traveller.cookies.get('oriel-session') ?? '';
    const { location } = await traveller.open(`${app.url}/auth/oidc/start`);
    // from the provider's site, a browser does not bring this one along
    traveller.cookies.delete('oriel-session');
    for (const name of traveller.cookies.keys())
      if (name.startsWith('_session')) traveller.cookies.delete(name);
    await traveller.open(await traveller.signInAt(provider.issuer, location ?? '', after.login));
    expect(await whoIs(traveller)).toMatchObject({ email: after.email });
    const old = createTraveller();
    old.cookies.set('oriel-session', former);
    expect(await whoIs(old)).toBeNull();
  });

  test('gets the account of the verified address, whatever its case, and what an admin made of it', async () => {
    const { login, email } = createPerson();
    provider.people.set(login, { email: email.toUpperCase(), email_verified: true });
    const input = { email, name: 'Grace', role: 'admin' } as const;
    const { link } = await app.app.services.users.create(systemActor, input);
    await app.post('/api/v1/auth/use-link', { token: link.token, password });
    const { traveller } = await signIn(login);
    expect(await whoIs(traveller)).toMatchObject({ email, name: 'Grace', role: 'admin', hasPassword: true });
  });

  test('takes over an account that a stranger made with the address: nothing of the stranger’s works on', async () => {
    const { login, email } = createPerson();
    await app.post('/api/v1/auth/register', { email, name: 'Mallory', password });
    const { id, name, role } = await app.app.database.prisma.user.findUniqueOrThrow({ where: { email } });
    const key = await createKey(app, { id, name, role });
    const { token } = await app.app.services.users.createLink(systemActor, id);
    const { prisma } = app.app.database;
    const schedule = { id: randomUUID(), cron: '0 3 * * 1', timeZone: 'UTC', createdAt: new Date() };
    await prisma.jobSchedule.create({ data: { ...schedule, owner: `user:${id}`, job: {} } });
    const { traveller } = await signIn(login);
    expect(await app.post('/api/v1/auth/use-link', { token, password })).toMatchObject({ status: 401 });
    expect(await prisma.jobSchedule.count({ where: { owner: `user:${id}` } })).toBe(0);
    expect(await whoIs(traveller)).toMatchObject({ email, hasPassword: false });
    expect(await app.post('/api/v1/auth/sign-in', { email, password })).toMatchObject({ status: 401 });
    expect(await app.send('/api/v1/models', { headers: key.headers })).toMatchObject({ status: 401 });
    expect(await eventsOf(email)).toContainEqual(
      expect.objectContaining({
        action: 'user.identity-linked',
        detail: expect.objectContaining({ isTakenOver: true }),
      }),
    );
  });
});

describe('nobody is signed in', () => {
  const expectRefused = async (
    { traveller, location }: Pick<Awaited<ReturnType<typeof signIn>>, 'traveller' | 'location'>,
    reason: string,
  ) => {
    expect(location).toBe(refused(reason));
    expect([...traveller.cookies.keys()].filter((name) => name.startsWith('oriel-'))).toEqual([]);
  };

  test.each([
    ['is not verified', { email_verified: false }],
    ['is not said to be verified', { email_verified: undefined }],
    ['is not told', { email: undefined }],
  ])('whose address %s', async (_what, person) => {
    const { login } = createPerson();
    const known = provider.people.get(login);
    provider.people.set(login, JSON.parse(JSON.stringify({ ...known, ...person })));
    await expectRefused(await signIn(login), 'email-not-verified');
  });

  test('whose account is disabled, linked or not', async () => {
    const [linked, unlinked] = [createPerson(), createPerson()];
    await signIn(linked.login);
    await app.post('/api/v1/auth/register', { email: unlinked.email, name: 'Ada', password });
    const emails = [linked.email, unlinked.email];
    await app.app.database.prisma.user.updateMany({
      where: { email: { in: emails } },
      data: { disabledAt: new Date() },
    });
    await expectRefused(await signIn(linked.login), 'account-disabled');
    await expectRefused(await signIn(unlinked.login), 'account-disabled');
  });

  test('who has an address that the provider gave to somebody else before', async () => {
    const first = createPerson();
    await signIn(first.login);
    const second = createPerson({ email: first.email });
    await expectRefused(await signIn(second.login), 'account-linked');
  });

  test('with another state: the answer was meant for another browser', async () => {
    const { traveller, answer } = await goToProvider(createPerson().login);
    const url = new URL(answer);
    url.searchParams.set('state', 'of-another-browser');
    await expectRefused({ traveller, ...(await traveller.open(url.href)) }, 'sign-in-failed');
  });

  test('with another browser’s answer: it has no cookie of this way', async () => {
    const { answer } = await goToProvider(createPerson().login);
    const traveller = createTraveller();
    await expectRefused({ traveller, ...(await traveller.open(answer)) }, 'sign-in-expired');
    traveller.cookies.set('oriel-oidc', 'made-up');
    await expectRefused({ traveller, ...(await traveller.open(answer)) }, 'sign-in-expired');
  });

  test('with another nonce: the token was made for another sign-in', async () => {
    const { login } = createPerson();
    await expectRefused(
      await signIn(login, ({ searchParams }) => searchParams.set('nonce', 'of-another-sign-in')),
      'sign-in-failed',
    );
  });

  test('with another challenge: the code was asked for by somebody else', async () => {
    const { login } = createPerson();
    await expectRefused(
      await signIn(login, ({ searchParams }) => searchParams.set('code_challenge', 'x'.repeat(43))),
      'sign-in-failed',
    );
  });

  test('with a code that was used, even with the cookie of the first time', async () => {
    const { traveller, answer } = await goToProvider(createPerson().login);
    const thief = createTraveller();
    for (const [name, value] of traveller.cookies) thief.cookies.set(name, value);
    expect(await traveller.open(answer)).toMatchObject({ location: home() });
    await expectRefused({ traveller: thief, ...(await thief.open(answer)) }, 'sign-in-failed');
  });

  test('with the answer of another provider', async () => {
    const { traveller, answer } = await goToProvider(createPerson().login);
    const url = new URL(answer);
    url.searchParams.set('iss', 'https://evil.example');
    await expectRefused({ traveller, ...(await traveller.open(url.href)) }, 'sign-in-failed');
  });

  const pastS = Math.floor(Date.now() / 1000) - 3600;
  test.each<[string, Lie]>([
    ['of another issuer', (claims, sign) => sign({ ...claims, iss: 'https://evil.example' })],
    ['for another client', (claims, sign) => sign({ ...claims, aud: 'another' })],
    ['that is over', (claims, sign) => sign({ ...claims, exp: pastS })],
    ['without a nonce', ({ nonce: _none, ...claims }, sign) => sign(claims)],
    ['that nobody signed', async (claims) => new UnsecuredJWT(claims).encode()],
    [
      'that somebody else signed',
      async (claims, sign) => sign(claims, (await generateKeyPair('RS256')).privateKey),
    ],
  ])('with a token %s', async (_what, lie) => {
    const { login } = createPerson();
    provider.lieWith(lie);
    await expectRefused(await signIn(login), 'sign-in-failed');
    provider.lieWith((claims, sign) => sign(claims));
    expect(await signIn(login)).toMatchObject({ location: home() });
  });

  test('who says no at the provider', async () => {
    const { traveller, answer } = await goToProvider(createPerson().login);
    const { searchParams } = new URL(answer);
    searchParams.delete('code');
    searchParams.set('error', 'access_denied');
    const no = await traveller.open(`${app.url}/auth/oidc/callback?${searchParams}`);
    await expectRefused({ traveller, ...no }, 'provider-refused');
  });

  test('and the audit log says why, without saying who', async () => {
    const { login, email } = createPerson({ email_verified: false });
    await signIn(login);
    const { items } = await app.app.services.audit.list({ action: 'user.sign-in-failed', limit: 1 });
    expect(items).toMatchObject([{ detail: { method: 'provider', reason: 'email-not-verified' } }]);
    expect(JSON.stringify(items)).not.toContain(email);
  });
});

describe('another server', () => {
  test('where admins make the accounts refuses who has none, and lets in who has one', async () => {
    const own = await startProvider();
    const closed = await startTestApp({ ...quick, ...own.env });
    try {
      await own.serve(closed.url);
      const member = await createUser(closed);
      own.people.set('stranger', { email: 'stranger@example.com', email_verified: true });
      own.people.set('member', { email: `${member.id}@example.com`, email_verified: true });
      const visit = async (login: string) => {
        const traveller = createTraveller();
        const { location } = await traveller.open(`${closed.url}/auth/oidc/start`);
        const answer = await traveller.signInAt(own.issuer, location ?? '', login);
        return (await traveller.open(answer)).location;
      };
      expect(await visit('stranger')).toBe(`${closed.url}/#/sign-in?error=registration-closed`);
      expect(await closed.app.database.prisma.user.count()).toBe(1);
      expect(await visit('member')).toBe(`${closed.url}/#/`);
    } finally {
      await closed.close();
      await own.stop();
    }
  });

  test('starts though its provider is down, says so, and asks again the next time', async () => {
    const own = await startProvider();
    const lonely = await startTestApp({ ...quick, ...own.env });
    const start = async () => (await createTraveller().open(`${lonely.url}/auth/oidc/start`)).location;
    try {
      expect(await start()).toBe(`${lonely.url}/#/sign-in?error=provider-unavailable`);
      expect(await lonely.send('/health/live')).toMatchObject({ status: 200 });
      await own.serve(lonely.url);
      expect(await start()).toContain(`${own.issuer}/auth?`);
    } finally {
      await lonely.close();
      await own.stop();
    }
  });

  test('without a provider has no such addresses', async () => {
    const alone = await startTestApp(quick);
    try {
      expect(await alone.send('/auth/oidc/start')).toMatchObject({ status: 404 });
      expect((await alone.send('/api/v1/auth/state')).body).toMatchObject({ provider: null });
    } finally {
      await alone.close();
    }
  });
});
