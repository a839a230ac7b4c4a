import { hash, randomBytes, randomUUID } from 'node:crypto';
import { createClient, type OrielClient } from '@oriel/client';
import type { ApiKey, CreateApiKeyInput, Role } from '@oriel/schemas';
import { systemActor } from '../../src/auth/audit/service.ts';
import type { PrincipalUser } from '../../src/auth/principal.ts';
import type { TestApp } from './test-app.ts';

type ServedApp = Pick<TestApp, 'app' | 'url'>;

/** A person with an account and no way to sign in but what a test adds. */
export async function createUser({ app }: ServedApp, role: Role = 'member'): Promise<PrincipalUser> {
  const id = randomUUID();
  const name = `${role} ${id.slice(0, 4)}`;
  await app.database.prisma.user.create({
    data: { id, email: `${id}@example.com`, name, role, createdAt: new Date() },
  });
  return { id, name, role };
}

export interface TestKey {
  readonly key: ApiKey;
  readonly headers: { readonly authorization: string };
  readonly client: OrielClient;
}

/** A key of `user` that may predict and nothing else, unless told otherwise. */
export async function createKey(
  { app, url }: ServedApp,
  user: PrincipalUser,
  input: Partial<CreateApiKeyInput> = {},
): Promise<TestKey> {
  const { key, secret } = await app.services.keys.create(systemActor, user, {
    name: 'test',
    scopes: ['predict'],
    models: null,
    expiresAt: null,
    requestsPerDayMax: null,
    computeMsPerDayMax: null,
    ...input,
  });
  const headers = { authorization: `Bearer ${secret}` };
  return { key, headers, client: createClient({ url, headers }) };
}

/** What a browser sends that `user` is signed in with, on a page of this server. */
export async function createSession({ app, url }: ServedApp, user: PrincipalUser) {
  const id = randomBytes(20).toString('hex');
  const now = new Date();
  await app.database.prisma.session.create({
    data: {
      idHash: hash('sha256', id, 'hex'),
      userId: user.id,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + 3_600_000),
      // a list of sessions shows whose it is
      userAgent: user.name,
    },
  });
  return { cookie: `oriel-session=${id}`, origin: url };
}

/** A service client that nobody knows the secret of. */
export async function createClientId({ app }: ServedApp): Promise<string> {
  const id = `client-${randomUUID().slice(0, 8)}`;
  await app.database.prisma.oauthClient.create({
    data: { id, name: 'test', scopes: ['predict'], grants: ['client_credentials'], createdAt: new Date() },
  });
  return id;
}
