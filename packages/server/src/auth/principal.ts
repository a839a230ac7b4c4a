import { type Role, type Scope, scopeSchema } from '@oriel/schemas';

interface Common {
  /** Stable and unique, for limits and the audit log: `anonymous`, `user:<uuid>`, `key:<id>`, `client:<id>`. */
  readonly id: string;
  /** For people, as written in records. Not unique: nothing may be decided by it. */
  readonly name: string;
  /** Whose the records are that this caller makes: a user's, whether it comes by browser, key or token. */
  readonly owner: string;
  readonly scopes: ReadonlySet<Scope>;
  /** The only models it may call; null for all. */
  readonly models: ReadonlySet<string> | null;
}

/** Nobody we know. */
export interface AnonymousPrincipal extends Common {
  readonly kind: 'anonymous';
  /** It came with a session that is over: it may sign in again, and nothing else. */
  readonly isSessionEnded: boolean;
}

interface OfUser extends Common {
  readonly userId: string;
  readonly role: Role;
}

/** A person in a browser. */
export interface UserPrincipal extends OfUser {
  readonly kind: 'user';
  /** Names the session in lists; cannot be used to sign in. */
  readonly sessionId: string;
}

/** A program with an API key. */
export interface KeyPrincipal extends OfUser {
  readonly kind: 'key';
  readonly keyId: string;
  /** Quotas of a day; null for no bound. */
  readonly requestsPerDayMax: number | null;
  readonly computeMsPerDayMax: number | null;
}

/** A user's own tool with an access token. */
export interface TokenPrincipal extends OfUser {
  readonly kind: 'token';
  /** The token's `jti`. */
  readonly tokenId: string;
}

/** A program with an access token of its own. */
export interface ClientPrincipal extends Common {
  readonly kind: 'client';
  readonly clientId: string;
  readonly tokenId: string;
}

/** Who is calling. Plain values only: the type is part of what the client is compiled against. */
export type Principal = AnonymousPrincipal | UserPrincipal | KeyPrincipal | TokenPrincipal | ClientPrincipal;

/** What the constructors need to know of a user. */
export interface PrincipalUser {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

export const scopesOfRole: Readonly<Record<Role, ReadonlySet<Scope>>> = {
  admin: new Set(scopeSchema.options),
  member: new Set([
    'predict',
    'models:read',
    'datasets:read',
    'datasets:write',
    'jobs:read',
    'jobs:write',
    'monitoring:read',
  ]),
};

/** The scopes among `scopes` that the role has: a key never has more rights than its user has now. */
export function scopesWithin(role: Role, scopes: Iterable<string>): ReadonlySet<Scope> {
  const wanted = new Set(scopes);
  return new Set([...scopesOfRole[role]].filter((scope) => wanted.has(scope)));
}

const anonymous = {
  kind: 'anonymous',
  id: 'anonymous',
  name: 'anonymous',
  owner: 'anonymous',
  models: null,
} as const;

/** @param mayPredict - whether callers that nobody knows may predict, and look at the models */
export function anonymousPrincipal(mayPredict: boolean): AnonymousPrincipal {
  const scopes = new Set<Scope>(mayPredict ? ['predict', 'models:read'] : []);
  return Object.freeze({ ...anonymous, scopes, isSessionEnded: false });
}

/** A credential that is wrong never makes its caller anonymous: this one holds no scope. */
export const endedSessionPrincipal: AnonymousPrincipal = Object.freeze({
  ...anonymous,
  scopes: new Set<Scope>(),
  isSessionEnded: true,
});

export function userPrincipal(user: PrincipalUser, sessionId: string): UserPrincipal {
  const id = `user:${user.id}`;
  return Object.freeze({
    kind: 'user',
    ...ofUser(user),
    id,
    name: user.name,
    scopes: scopesOfRole[user.role],
    models: null,
    sessionId,
  });
}

interface PrincipalKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly models: readonly string[] | null;
  readonly requestsPerDayMax: number | null;
  readonly computeMsPerDayMax: number | null;
}

export function keyPrincipal(user: PrincipalUser, key: PrincipalKey): KeyPrincipal {
  return Object.freeze({
    kind: 'key',
    ...ofUser(user),
    id: `key:${key.id}`,
    name: `${key.name} (${user.name})`,
    scopes: scopesWithin(user.role, key.scopes),
    models: key.models && new Set(key.models),
    keyId: key.id,
    requestsPerDayMax: key.requestsPerDayMax,
    computeMsPerDayMax: key.computeMsPerDayMax,
  });
}

interface PrincipalToken {
  readonly id: string;
  readonly scopes: readonly string[];
}

/** All tokens of a user share its limits: a new token is no way around them. */
export function tokenPrincipal(user: PrincipalUser, token: PrincipalToken): TokenPrincipal {
  return Object.freeze({
    kind: 'token',
    ...ofUser(user),
    id: `user:${user.id}`,
    name: user.name,
    scopes: scopesWithin(user.role, token.scopes),
    models: null,
    tokenId: token.id,
  });
}

/** The scopes are the token's; whoever makes the client grants no scope that it may not have. */
export function clientPrincipal(
  client: { readonly id: string; readonly name: string },
  token: PrincipalToken,
): ClientPrincipal {
  const id = `client:${client.id}`;
  const scopes = scopesWithin('admin', token.scopes);
  return Object.freeze({
    kind: 'client',
    id,
    name: client.name,
    owner: id,
    scopes,
    models: null,
    clientId: client.id,
    tokenId: token.id,
  });
}

function ofUser({ id, role }: PrincipalUser) {
  return { userId: id, role, owner: `user:${id}` };
}

/** Which rows a caller sees: all, or those of one owner. */
export type Reach = { readonly kind: 'all' } | { readonly kind: 'own'; readonly owner: string };

/** An admin sees every row; a key of an admin only when it has the scope. */
export function reachOf({ scopes, owner }: Pick<Principal, 'scopes' | 'owner'>): Reach {
  return scopes.has('admin') ? { kind: 'all' } : { kind: 'own', owner };
}

/** Whose things a person sees and ends: null for everybody's, which admins do. */
export function ownerIdOf({ role, userId }: UserPrincipal): string | null {
  return role === 'admin' ? null : userId;
}
