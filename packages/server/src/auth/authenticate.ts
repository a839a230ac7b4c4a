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
 * Tells who is calling. A credential costs a hash and a look in a table as long as the cache knows it; revocation holds
 * within a second, see {@link createLookupCache}.
 */
export function createAuthentication({
  verifiers,
  anonymous,
  cache = createLookupCache<Principal>(),
}: Options) {
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
  function authenticate({ authorization, cookie, isSecure }: Credentials): Principal | Promise<Principal> {
    if (authorization !== undefined) return fromBearer(authorization);
    const session = cookie === undefined ? undefined : readSessionCookie(cookie, isSecure());
    return session === undefined ? anonymous : fromSession(session);
  }

  function fromBearer(authorization: string): Principal | Promise<Principal> {
    const credential = bearer.exec(authorization)?.[1];
    if (credential === undefined || credential.length > credentialCharsMax) throw invalid();
    const { verifyKey, verifyAccessToken } = verifiers;
    const verify = isKey(credential) ? verifyKey : isJwt(credential) ? verifyAccessToken : undefined;
    return find('bearer', credential, verify, getBearer);
  }

  /** A browser cannot drop a cookie that is over, so this is no error yet: see {@link endedSessionPrincipal}. */
  function fromSession(session: string): Principal | Promise<Principal> {
    if (session.length > credentialCharsMax) return endedSessionPrincipal;
    return find('session', session, verifiers.verifySession, getSession);
  }

  function find(
    kind: 'bearer' | 'session',
    credential: string,
    verify: Verify | undefined,
    judge: (found: Principal | null) => Principal,
  ): Principal | Promise<Principal> {
    if (!verify) return judge(null);
    // hashed: the cache holds no secret, and how long a look into it takes tells nothing of one; with its kind: a key
    // that is sent as a cookie must not find what it is as a key
    const key = hash('sha256', `${kind} ${credential}`, 'base64url');
    const found = cache.get(key, () => verify(credential));
    return found instanceof Promise ? found.then(judge) : judge(found);
  }
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
