import { hash } from 'node:crypto';
import { AppError } from '../errors.ts';
import { createLookupCache, type LookupCache } from './lookup-cache.ts';
import { type AnonymousPrincipal, endedSessionPrincipal, type Principal } from './principal.ts';
import { readSessionCookie } from './session-cookie.ts';

/** Finds who holds a credential; null when nobody does (any more). */
export type Verify = (credential: string) => Promise<Principal | null>;

export interface Verifiers {
  /** `oriel_<id>_<secret>` */
  readonly verifyKey?: Verify;
  /** A JWT that we signed. */
  readonly verifyAccessToken?: Verify;
  /** The value of the session's cookie. */
  readonly verifySession?: Verify;
}

/** What a request says of who sent it. */
export interface Credentials {
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  /** Whether the caller's own connection is encrypted; asked only where there is a cookie. */
  readonly isSecure: () => boolean;
  /** The connection that it came over: what it said before need not be read again. */
  readonly connection?: object;
}

/** A credential that can be looked up. */
interface Lookup {
  /** What the header said. */
  readonly text: string;
  /** Of a cookie: it has another name where the connection is encrypted. */
  readonly isSecure?: boolean;
  readonly key: string;
  readonly credential: string;
  readonly verify: Verify;
  readonly judge: (found: Principal | null) => Principal;
}

interface Options {
  readonly verifiers: Verifiers;
  readonly anonymous: AnonymousPrincipal;
  readonly cache?: LookupCache<Principal>;
}

export type Authentication = ReturnType<typeof createAuthentication>;

const bearer = /^Bearer +(\S+) *$/i;
/** Longer than any key, session or token of ours. */
const credentialCharsMax = 8192;
const isKey = (credential: string) => credential.startsWith('oriel_');
/** Three parts of base64url: anything else is not looked up. */
const isJwt = (credential: string) => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(credential);

/**
 * Tells who is calling. A credential costs a look in a table, and once for each connection a hash, as long as the cache
 * knows it; revocation holds within a second, see {@link createLookupCache}.
 */
export function createAuthentication({
  verifiers,
  anonymous,
  cache = createLookupCache<Principal>(),
}: Options) {
  const lastOf = new WeakMap<object, Lookup>();

  return {
    authenticate,
    /** To be called when this process has revoked or changed something: it then holds here at once. */
    forget: () => cache.clear(),
  };

  /**
   * A promise only when the cache does not know: the hot path stays synchronous.
   *
   * @throws AppError UNAUTHENTICATED when a bearer credential is not valid, DATABASE_UNAVAILABLE
   */
  function authenticate(credentials: Credentials): Principal | Promise<Principal> {
    const { authorization, cookie, connection, isSecure } = credentials;
    const text = authorization ?? cookie;
    if (text === undefined) return anonymous;
    // nearly all requests of a connection say the same; reading it anew, and hashing it, costs more than the look-up
    const last = connection && lastOf.get(connection);
    // undefined of a bearer: what was said in one header is nothing in the other
    if (last?.text === text && last.isSecure === (authorization === undefined ? isSecure() : undefined))
      return lookUp(last);
    const found = authorization === undefined ? readCookie(credentials) : readBearer(authorization);
    if (!('key' in found)) return found;
    if (connection) lastOf.set(connection, found);
    return lookUp(found);
  }

  function readBearer(text: string): Lookup {
    const credential = bearer.exec(text)?.[1];
    if (credential === undefined || credential.length > credentialCharsMax) throw invalid();
    const { verifyKey, verifyAccessToken } = verifiers;
    const verify = isKey(credential) ? verifyKey : isJwt(credential) ? verifyAccessToken : undefined;
    if (!verify) throw invalid();
    return { text, key: keyOf('bearer', credential), credential, verify, judge: getBearer };
  }

  /** A browser cannot drop a cookie that is over, so this is no error yet: see {@link endedSessionPrincipal}. */
  function readCookie({ cookie: text = '', isSecure }: Credentials): Lookup | Principal {
    const secure = isSecure();
    const session = readSessionCookie(text, secure);
    if (session === undefined) return anonymous;
    const { verifySession: verify } = verifiers;
    if (!verify || session.length > credentialCharsMax) return endedSessionPrincipal;
    const key = keyOf('session', session);
    return { text, isSecure: secure, key, credential: session, verify, judge: getSession };
  }

  function lookUp({ key, credential, verify, judge }: Lookup): Principal | Promise<Principal> {
    const found = cache.get(key, () => verify(credential));
    return found instanceof Promise ? found.then(judge) : judge(found);
  }
}

/**
 * Hashed: the cache holds no secret, and how long a look into it takes tells nothing of one; with its kind: a key that is
 * sent as a cookie must not find what it is as a key.
 */
function keyOf(kind: 'bearer' | 'session', credential: string): string {
  return hash('sha256', `${kind} ${credential}`, 'base64url');
}

function getSession(found: Principal | null): Principal {
  return found ?? endedSessionPrincipal;
}

function getBearer(found: Principal | null): Principal {
  if (!found) throw invalid();
  return found;
}

function invalid(): AppError {
  return new AppError(
    'UNAUTHENTICATED',
    'The API key or access token is not valid: it is mistyped, expired or revoked. Expected: Authorization: Bearer …',
    { challenge: { error: 'invalid_token' } },
  );
}
