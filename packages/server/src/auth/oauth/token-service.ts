import { randomUUID } from 'node:crypto';
import {
  type CreateTokensInput,
  type NewTokens,
  type OauthClient,
  type Scope,
  scopeSchema,
} from '@oriel/schemas';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import type { AuditActor, AuditService } from '../audit/service.ts';
import {
  clientPrincipal,
  type Principal,
  scopesWithin,
  tokenPrincipal,
  type UserPrincipal,
} from '../principal.ts';
import { type AccessTokens, accessTokenMs, type Claims } from './access-token.ts';
import { readClientCredential } from './client-credential.ts';
import type { ClientService } from './client-service.ts';
import { OauthError } from './oauth-error.ts';
import { createRefreshToken, hashRefreshToken, isRefreshToken } from './refresh-token.ts';
import type { StoredRefreshToken, TokenRepository } from './token-repository.ts';

/** The client of all tokens that users make for their own tools. It is public: it has no secret to keep. */
export const toolsClientId = 'oriel-tools';

interface Needs {
  readonly accessTokens: AccessTokens;
  readonly clients: Pick<ClientService, 'findUsable' | 'authenticate'>;
  readonly repository: TokenRepository;
  readonly audit: Pick<AuditService, 'record'>;
  /** Makes this process forget who holds which credential. */
  readonly forget: () => void;
  /** How long a refresh token waits for its use. */
  readonly refreshMs: number;
  readonly now?: () => Date;
}

/** A form sent to an endpoint, and what came with it. */
export interface OauthRequest {
  readonly authorization: string | undefined;
  readonly fields: ReadonlyMap<string, string>;
  readonly ip: string | null;
  /** Counts a credential that is wrong. @throws AppError RATE_LIMITED when its address has sent too many */
  readonly countFailure: () => Promise<void>;
}

/** @see RFC 6749, section 5.1, "Successful Response" */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope: string;
  readonly refresh_token?: string;
}

/** Who asks: a program that showed its secret, or a user's tool, which has none. */
type Asker = { readonly kind: 'client'; readonly client: OauthClient } | { readonly kind: 'tool' };

const cleanUpMs = 3_600_000;

export type TokenService = ReturnType<typeof createTokenService>;

/** Access tokens and refresh tokens: made, exchanged, used, revoked. */
export function createTokenService(needs: Needs) {
  const { accessTokens, clients, repository, audit, forget, refreshMs, now = () => new Date() } = needs;
  let cleanedUpAtMs = 0;
  return { verify, create, exchange, revoke };

  /** Who holds this access token; null when it is not ours, over, revoked, or nobody's any more. */
  async function verify(token: string): Promise<Principal | null> {
    const claims = await accessTokens.read(token);
    if (!claims) return null;
    const [isRevoked, principal] = await Promise.all([isEnded(claims), findHolder(claims)]);
    return isRevoked ? null : principal;
  }

  async function isEnded({ jti, family }: Claims): Promise<boolean> {
    const [isRevoked, isFamilyEnded] = await Promise.all([
      repository.isAccessTokenRevoked(jti),
      family === undefined ? false : repository.isFamilyEnded(family),
    ]);
    return isRevoked || isFamilyEnded;
  }

  async function findHolder({ sub, client_id: clientId, scope, jti }: Claims): Promise<Principal | null> {
    const token = { id: jti, scopes: scope.split(' ') };
    if (clientId === toolsClientId) {
      const user = isUuid(sub) ? await repository.findUser(sub) : null;
      return user && !user.isDisabled ? tokenPrincipal(user, token) : null;
    }
    const client = await clients.findUsable(clientId);
    return client && clientPrincipal(client, token);
  }

  /**
   * Tokens for a tool of the user's own.
   *
   * @throws AppError FORBIDDEN when they would have a scope that the user does not have
   */
  async function create(
    by: AuditActor & { principal: UserPrincipal },
    input: CreateTokensInput,
  ): Promise<NewTokens> {
    const { role, userId } = by.principal;
    const granted = scopesWithin(role, input.scopes);
    const excess = input.scopes.find((scope) => !granted.has(scope));
    if (excess !== undefined)
      throw new AppError(
        'FORBIDDEN',
        `A token cannot have the scope "${excess}": its user does not have it.`,
      );

    const scopes = [...granted];
    const { refreshToken, row } = toRefreshToken({ familyId: randomUUID(), userId, scopes });
    await repository.insertRefreshToken(row);
    const { token, expiresAt } = await signForTool(row, scopes);
    await audit.record(by, {
      action: 'token.created',
      target: `token-family:${row.familyId}`,
      detail: { scopes },
    });
    cleanUpSometimes();
    return {
      accessToken: token,
      expiresAt: expiresAt.toISOString(),
      refreshToken,
      refreshExpiresAt: row.expiresAt.toISOString(),
      clientId: toolsClientId,
      scopes,
    };
  }

  function toRefreshToken({
    familyId,
    userId,
    scopes,
  }: {
    familyId: string;
    userId: string;
    scopes: string[];
  }) {
    const refreshToken = createRefreshToken();
    const createdAt = now();
    const row = {
      tokenHash: hashRefreshToken(refreshToken),
      familyId,
      clientId: null,
      userId,
      scopes,
      expiresAt: new Date(createdAt.getTime() + refreshMs),
      usedAt: null,
      revokedAt: null,
      createdAt,
    };
    return { refreshToken, row };
  }

  function signForTool(
    { userId, familyId }: { userId: string; familyId: string },
    scopes: readonly string[],
  ) {
    return accessTokens.sign({ subject: userId, clientId: toolsClientId, scopes, family: familyId });
  }

  /**
   * Answers the token endpoint.
   *
   * @throws OauthError
   * @see RFC 6749, sections 4.4 and 6
   */
  async function exchange(request: OauthRequest): Promise<TokenResponse> {
    const asker = await identify(request);
    const grant = getField(request.fields, 'grant_type');
    cleanUpSometimes();
    switch (grant) {
      case 'client_credentials':
        return byClientCredentials(asker, request);
      case 'refresh_token':
        return byRefreshToken(asker, request);
      default:
        throw new OauthError(
          'unsupported_grant_type',
          'There are the grant types client_credentials and refresh_token.',
        );
    }
  }

  async function identify({ authorization, fields, ip, countFailure }: OauthRequest): Promise<Asker> {
    const credential = readClientCredential(authorization, fields);
    if (!credential || (credential.id === toolsClientId && credential.secret === null))
      return { kind: 'tool' };
    const { id, secret } = credential;
    const client = secret === null ? null : await clients.authenticate(id, secret);
    // the same for a client that is not there, so that nobody learns which are
    if (!client) {
      // first: the audit log is kept for ever, and who is told to wait fills it no further
      await countFailure();
      const by = { principal: { id: 'anonymous' }, exchange: { ip } };
      // what is no id of ours may be anything, a secret in the wrong place too
      await audit.record(by, {
        action: 'client.refused',
        ...(isClientId(id) && { target: `client:${id}` }),
      });
      throw new OauthError('invalid_client', 'The client or its secret is wrong, or it was revoked.');
    }
    return { kind: 'client', client };
  }

  async function byClientCredentials(asker: Asker, { fields, ip }: OauthRequest): Promise<TokenResponse> {
    if (asker.kind === 'tool')
      throw new OauthError('invalid_client', 'The client must show its id and its secret.');
    const { id, scopes: own, grants } = asker.client;
    if (!grants.includes('client_credentials'))
      throw new OauthError('unauthorized_client', 'The client may not use this grant type.');
    const scopes = chooseScopes(fields.get('scope'), own);
    const { token } = await accessTokens.sign({ subject: id, clientId: id, scopes });
    const by = { principal: { id: `client:${id}` }, exchange: { ip } };
    await audit.record(by, { action: 'client.token-issued', target: `client:${id}`, detail: { scopes } });
    return toResponse(token, scopes);
  }

  async function byRefreshToken(asker: Asker, request: OauthRequest): Promise<TokenResponse> {
    const text = getField(request.fields, 'refresh_token');
    const stored = isRefreshToken(text) ? await repository.findRefreshToken(hashRefreshToken(text)) : null;
    if (!stored || !isOf(asker, stored)) throw invalidGrant();
    if (stored.usedAt) return endReused(stored, request);
    if (stored.isFamilyEnded || stored.expiresAt <= now() || stored.user.isDisabled) throw invalidGrant();

    const scopes = chooseScopes(request.fields.get('scope'), stored.scopes);
    // the next may do what the first could, whatever this access token is asked for
    const { refreshToken, row } = toRefreshToken(stored);
    if (!(await repository.replaceRefreshToken(stored.tokenHash, row))) return endReused(stored, request);
    const { token } = await signForTool(row, scopes);
    return { ...toResponse(token, scopes), refresh_token: refreshToken };
  }

  /**
   * Two hold the same token: its owner and a thief. Which is which cannot be told, so what came of it ends for both.
   *
   * @see RFC 9700, section 4.14.2
   */
  async function endReused(stored: StoredRefreshToken, { ip }: OauthRequest): Promise<never> {
    await repository.endFamily(stored.familyId, now());
    forget();
    const by = { principal: { id: `user:${stored.userId}` }, exchange: { ip } };
    if (!stored.isFamilyEnded)
      await audit.record(by, { action: 'token.reused', target: `token-family:${stored.familyId}` });
    throw invalidGrant();
  }

  /**
   * Answers the revocation endpoint: afterwards the token does not work, whether it ever did or not.
   *
   * @throws OauthError
   * @see RFC 7009, "OAuth 2.0 Token Revocation"
   */
  async function revoke(request: OauthRequest): Promise<void> {
    const asker = await identify(request);
    const token = getField(request.fields, 'token');
    if (isRefreshToken(token)) await revokeRefreshToken(asker, token, request);
    else await revokeAccessToken(asker, token, request);
  }

  async function revokeRefreshToken(asker: Asker, token: string, { ip }: OauthRequest): Promise<void> {
    const stored = await repository.findRefreshToken(hashRefreshToken(token));
    if (!stored) return;
    if (!isOf(asker, stored)) throw notOfClient();
    await repository.endFamily(stored.familyId, now());
    forget();
    const by = { principal: { id: `user:${stored.userId}` }, exchange: { ip } };
    if (!stored.isFamilyEnded)
      await audit.record(by, { action: 'token.revoked', target: `token-family:${stored.familyId}` });
  }

  async function revokeAccessToken(asker: Asker, token: string, { ip }: OauthRequest): Promise<void> {
    const claims = await accessTokens.read(token);
    if (!claims) return;
    const clientId = asker.kind === 'tool' ? toolsClientId : asker.client.id;
    if (claims.client_id !== clientId) throw notOfClient();
    await repository.revokeAccessToken(claims.jti, new Date(claims.exp * 1000));
    forget();
    const id = asker.kind === 'tool' ? `user:${claims.sub}` : `client:${clientId}`;
    const by = { principal: { id }, exchange: { ip } };
    await audit.record(by, { action: 'token.revoked', target: `token:${claims.jti}` });
  }

  /** What is over is of no use to anybody. A used token stays as long as its family may live: its reuse must be seen. */
  function cleanUpSometimes(): void {
    const atMs = now().getTime();
    if (atMs - cleanedUpAtMs < cleanUpMs) return;
    cleanedUpAtMs = atMs;
    const accessBefore = new Date(atMs - accessTokenMs);
    // the next time, should the database be down
    repository.removeEnded(new Date(atMs - refreshMs - cleanUpMs), accessBefore).catch(() => undefined);
  }
}

/** Anything else is no user, and no value that the database takes for one. */
function isUuid(text: string): boolean {
  return z.uuid().safeParse(text).success;
}

/** Whether it looks like one that we gave: see client-service.ts. */
function isClientId(text: string): boolean {
  return /^client-[a-z2-7]{8}$/.test(text);
}

/** Tokens of users' tools belong to the one public client; clients with a secret of their own have none yet. */
function isOf(asker: Asker, { clientId }: StoredRefreshToken): boolean {
  return asker.kind === 'tool' ? clientId === null : clientId === asker.client.id;
}

function toResponse(token: string, scopes: readonly Scope[]): TokenResponse {
  return {
    access_token: token,
    token_type: 'Bearer',
    expires_in: accessTokenMs / 1000,
    scope: scopes.join(' '),
  };
}

/** Those that are asked for, or all; never more than there are. */
function chooseScopes(asked: string | undefined, own: readonly string[]): Scope[] {
  const wanted = asked === undefined ? [...own] : asked.split(' ');
  const scopes = wanted.flatMap((scope) => scopeSchema.safeParse(scope).data ?? []);
  if (scopes.length < wanted.length || !scopes.every((scope) => own.includes(scope)))
    throw new OauthError('invalid_scope', `The scopes that may be asked for: ${own.join(' ')}`);
  return [...new Set(scopes)];
}

function getField(fields: ReadonlyMap<string, string>, name: string): string {
  const value = fields.get(name);
  if (value === undefined) throw new OauthError('invalid_request', `The field ${name} is missing.`);
  return value;
}

function invalidGrant(): OauthError {
  return new OauthError(
    'invalid_grant',
    'The refresh token is not valid: it is mistyped, used, expired or revoked.',
  );
}

function notOfClient(): OauthError {
  return new OauthError('invalid_grant', 'The token was issued to another client.');
}
