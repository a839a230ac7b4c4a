import { describe, expect, test, vi } from 'vitest';
import { AppError } from '../errors.ts';
import { type Credentials, createAuthentication, type Verifiers } from './authenticate.ts';
import { anonymousPrincipal, keyPrincipal, type Principal, userPrincipal } from './principal.ts';

const ada = { id: 'a1', name: 'Ada', role: 'member' } as const;
const key = keyPrincipal(ada, {
  id: 'k1',
  name: 'CI',
  scopes: ['predict'],
  models: null,
  requestsPerDayMax: null,
  computeMsPerDayMax: null,
});
const session = userPrincipal(ada, 's1');
const anonymous = anonymousPrincipal(true);

function createScene(verifiers: Verifiers = {}) {
  const { authenticate } = createAuthentication({
    verifiers: {
      verifyKey: async (text) => (text === 'oriel_right' ? key : null),
      verifyAccessToken: async () => null,
      verifySession: async (text) => (text === 'right' ? session : null),
      ...verifiers,
    },
    anonymous,
  });
  return (given: Partial<Credentials>) =>
    authenticate({ authorization: undefined, cookie: undefined, isSecure: () => false, ...given });
}

/** The principal, or the code of the refusal, thrown or rejected. */
async function outcomeOf(answer: () => Principal | Promise<Principal>): Promise<unknown> {
  try {
    return await answer();
  } catch (error) {
    return error instanceof AppError ? [error.code, error.challenge?.error] : error;
  }
}

describe('authenticate', () => {
  test('no credential: anonymous, at once', () => {
    expect(createScene()({})).toBe(anonymous);
    expect(createScene()({ cookie: 'theme=dark' })).toBe(anonymous);
  });

  test('a credential that the cache knows is answered at once', async () => {
    const authenticate = createScene();
    expect(await authenticate({ authorization: 'Bearer oriel_right' })).toBe(key);
    expect(authenticate({ authorization: 'bearer  oriel_right' })).toBe(key);
  });

  test('what a connection said before is known again; what it says anew is read anew', async () => {
    const verifyKey = vi.fn(async (text: string) => (text === 'oriel_right' ? key : null));
    const authenticate = createScene({ verifyKey });
    const [connection, other] = [{}, {}];
    const right = { authorization: 'Bearer oriel_right' };
    expect(await authenticate({ ...right, connection })).toBe(key);
    expect(authenticate({ ...right, connection })).toBe(key);
    expect(authenticate({ ...right, connection: other })).toBe(key);
    expect(await outcomeOf(() => authenticate({ authorization: 'Bearer oriel_wrong', connection }))).toEqual([
      'UNAUTHENTICATED',
      'invalid_token',
    ]);
    expect(authenticate({ connection })).toBe(anonymous);
    expect(await authenticate({ cookie: 'oriel-session=right', connection })).toBe(session);
    // the same text over an encrypted connection is another cookie
    expect(authenticate({ cookie: 'oriel-session=right', connection, isSecure: () => true })).toBe(anonymous);
    expect(authenticate({ ...right, connection })).toBe(key);
    expect(verifyKey).toHaveBeenCalledTimes(2);
  });

  test('what a connection said in a cookie is no bearer credential', async () => {
    const authenticate = createScene();
    const connection = {};
    const text = 'oriel-session=right';
    expect(await authenticate({ cookie: text, connection })).toBe(session);
    const asBearer = () => authenticate({ authorization: text, connection });
    expect(await outcomeOf(asBearer)).toEqual(['UNAUTHENTICATED', 'invalid_token']);
  });

  test('the Authorization header comes before the cookie', async () => {
    const both = { authorization: 'Bearer oriel_right', cookie: 'oriel-session=right' };
    expect(await createScene()(both)).toBe(key);
  });

  test.each([
    ['a key that is not known', 'Bearer oriel_wrong'],
    ['a token that is not known', 'Bearer a.b.c'],
    ['neither key nor token', 'Bearer secret'],
    ['another scheme', 'Basic YTpi'],
    ['nothing after the scheme', 'Bearer '],
    ['two words', 'Bearer oriel_right oriel_right'],
    ['an empty header', ''],
    ['far too long', `Bearer oriel_${'x'.repeat(10_000)}`],
  ])('a bearer credential that is wrong is refused, never anonymous: %s', async (_name, authorization) => {
    const authenticate = createScene();
    const wrong = { authorization, cookie: 'oriel-session=right' };
    expect(await outcomeOf(() => authenticate(wrong))).toEqual(['UNAUTHENTICATED', 'invalid_token']);
    // from the cache, too
    expect(await outcomeOf(() => authenticate(wrong))).toEqual(['UNAUTHENTICATED', 'invalid_token']);
  });

  test('only what looks like a token is verified as one', async () => {
    const verifyAccessToken = vi.fn(async () => null);
    const authenticate = createScene({ verifyAccessToken });
    for (const text of ['oriel_wrong', 'a.b', 'a.b.c.d', 'a b', '..'])
      await outcomeOf(() => authenticate({ authorization: `Bearer ${text}` }));
    expect(verifyAccessToken).not.toHaveBeenCalled();
  });

  test('a session that is over holds no scope: its browser cannot drop the cookie, but must be able to sign in', async () => {
    const principal = await createScene()({ cookie: 'theme=dark; oriel-session=wrong' });
    expect(principal).toMatchObject({ kind: 'anonymous', isSessionEnded: true });
    expect(principal.scopes.size).toBe(0);
  });

  test('over TLS only the cookie counts that nobody else can have set', async () => {
    const authenticate = createScene();
    const isSecure = () => true;
    expect(await authenticate({ cookie: '__Host-oriel-session=right', isSecure })).toBe(session);
    expect(await authenticate({ cookie: 'oriel-session=right', isSecure })).toBe(anonymous);
  });

  test('a key is no session, also when the cache knows it as a key', async () => {
    const authenticate = createScene();
    await authenticate({ authorization: 'Bearer oriel_right' });
    expect(await authenticate({ cookie: 'oriel-session=oriel_right' })).toMatchObject({
      isSessionEnded: true,
    });
  });

  test('a database that is down is no wrong credential', async () => {
    const down = new AppError('DATABASE_UNAVAILABLE', 'down');
    const authenticate = createScene({ verifyKey: () => Promise.reject(down) });
    expect(await outcomeOf(() => authenticate({ authorization: 'Bearer oriel_right' }))).toEqual([
      'DATABASE_UNAVAILABLE',
      undefined,
    ]);
  });
});
