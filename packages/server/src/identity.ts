import { createAuditRepository } from './auth/audit/repository.ts';
import { createAuditService } from './auth/audit/service.ts';
import { createAuthentication } from './auth/authenticate.ts';
import { createKeyRepository } from './auth/keys/repository.ts';
import { createKeyService } from './auth/keys/service.ts';
import { createLookupCache } from './auth/lookup-cache.ts';
import { createOauth } from './auth/oauth/oauth.ts';
import { createOidc, providerNameOf } from './auth/oidc/oidc.ts';
import { createPasswordHasher } from './auth/passwords/hasher.ts';
import { anonymousPrincipal, type Principal, type Reach, reachOf, scopesOfRole } from './auth/principal.ts';
import { createSessionStore } from './auth/sessions.ts';
import { createAttemptLimits } from './auth/sign-in/attempts.ts';
import { createSignInService } from './auth/sign-in/service.ts';
import { createSignInLinks } from './auth/users/links.ts';
import { createUserRepository } from './auth/users/repository.ts';
import { createUserService } from './auth/users/service.ts';
import type { Config } from './config.ts';
import type { Database } from './db/database.ts';
import { createLimits } from './limits/limits.ts';
import { createQuotaRepository } from './limits/quota-repository.ts';
import { createQuotas } from './limits/quotas.ts';
import { openLimitStore } from './limits/stores.ts';

interface Options {
  readonly config: Config;
  readonly database: Database;
  /** Where callers reach this server; asked for only once it listens. */
  readonly publicUrl: () => string;
  /** The ids of all that is served. */
  readonly models: readonly string[];
  readonly onStoreFailure: () => void;
  /** Cancels the jobs of an owner that may do nothing any more. */
  readonly cancelJobsOf: (owner: string) => Promise<void>;
  readonly logger: {
    warn(details: object, message: string): void;
    error(details: object, message: string): void;
  };
}

/** The part of the composition that says who calls, what they may do, and how much of it. */
export async function openIdentity(options: Options) {
  const { config, database, publicUrl, models, onStoreFailure, cancelJobsOf, logger } = options;
  const limitStore = await openLimitStore({
    redisUrl: config.redisUrl,
    isDatabaseShared: config.databaseUrl !== undefined,
    pool: database.pool,
  });
  const limits = createLimits({
    ...config,
    store: limitStore,
    failuresPerMinute: config.wrongCredentialsPerMinute,
    logger,
    onStoreFailure,
  });
  const quotas = createQuotas({ repository: createQuotaRepository(database), logger, onStoreFailure });
  const principals = createLookupCache<Principal>();
  const known = createLookupCache<true>();
  const forget = () => {
    principals.clear();
    known.clear();
  };
  const audit = createAuditService({ repository: createAuditRepository(database), logger });
  const keys = createKeyService({ repository: createKeyRepository(database), audit, forget, models });
  const sessions = createSessionStore({
    ...database,
    idleMs: config.sessionIdleMs,
    absoluteMs: config.sessionMsMax,
  });
  const people = {
    users: createUserRepository(database),
    links: createSignInLinks(database),
    sessions,
    audit,
    forget,
  };
  const { signingKeys, clients, tokens } = createOauth({
    database,
    audit,
    forget,
    cancelJobsOf,
    issuer: publicUrl,
    config,
    logger,
  });
  const authentication = createAuthentication({
    verifiers: {
      verifySession: sessions.verify,
      verifyKey: keys.verify,
      verifyAccessToken: tokens.verify,
    },
    anonymous: anonymousPrincipal(config.isAnonymousAllowed),
    cache: principals,
  });
  const signIn = createSignInService({
    ...people,
    passwords: createPasswordHasher(config.passwordCost),
    attempts: createAttemptLimits({
      attemptsMax: config.signInAttemptsMax,
      createLimiter: limitStore.createInsuredLimiter,
    }),
    isRegistrationOpen: config.isRegistrationOpen,
    passwordCharsMin: config.passwordCharsMin,
    providerName: providerNameOf(config),
  });
  const oidc = createOidc({ ...people, database, signIn, publicUrl, config, logger });

  return {
    services: { audit, clients, keys, signIn, tokens, users: createUserService({ ...people, cancelJobsOf }) },
    authentication,
    signingKeys,
    oidc,
    limits,
    quotas,
    findReach,
    isStillKnown,
    close,
  };

  /** What an owner may see now; null for one that may do nothing any more, since it was disabled or revoked. */
  async function findReach(owner: string): Promise<Reach | null> {
    const [kind, id = ''] = owner.split(':', 2);
    if (kind !== 'user') {
      const client = await clients.findUsable(id);
      return client && reachOf({ owner, scopes: new Set(client.scopes) });
    }
    const user = (await people.users.findById(id))?.user;
    if (!user || user.isDisabled) return null;
    return reachOf({ owner, scopes: scopesOfRole[user.role] });
  }

  /**
   * Whether a caller that was let in a while ago would still be: its key was not revoked, its session not ended, and its account
   * not disabled. That an access token is over by now does not matter to what was begun with it.
   */
  async function isStillKnown(principal: Principal): Promise<boolean> {
    const id = principal.kind === 'user' ? principal.sessionId : principal.id;
    try {
      return (await known.get(id, async () => (await isKnown(principal)) || null)) !== null;
    } catch {
      // a database that is away ends nothing
      return true;
    }
  }

  async function isKnown(principal: Principal): Promise<boolean> {
    switch (principal.kind) {
      case 'anonymous':
        return true;
      case 'user':
        return sessions.isThere(principal.userId, principal.sessionId);
      case 'key':
        return keys.isAlive(principal.keyId);
      case 'token':
      case 'client':
        return (await findReach(principal.owner)) !== null;
    }
  }

  /** Writes what keys used of their quotas, and lets the store go. */
  async function close(): Promise<void> {
    await quotas.close();
    limitStore.close();
  }
}
