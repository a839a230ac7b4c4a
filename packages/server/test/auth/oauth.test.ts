import { createClient } from '@oriel/client';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSession, createUser } from '../support/identities.ts';
import { gentoo } from '../support/inputs.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

// As a client library that is not ours sees it.

const http = { [oauth.allowInsecureRequests]: true };

let app: TestApp;
let server: oauth.AuthorizationServer;
let admin: Record<string, string>;
beforeAll(async () => {
  app = await startTestApp();
  const issuer = new URL(app.url);
  const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...http });
  server = await oauth.processDiscoveryResponse(issuer, response);
  admin = await createSession(app, await createUser(app, 'admin'));
});
afterAll(() => app.close());

interface ServiceClient extends oauth.Client {
  readonly secret: string;
}

async function makeClient(scopes = ['predict', 'models:read']): Promise<ServiceClient> {
  const { status, body } = await app.post('/api/v1/clients', { name: 'ETL', scopes }, admin);
  expect(status).toBe(200);
  const { client, secret } = body as { client: { id: string }; secret: string };
  return { client_id: client.id, secret };
}

async function getToken(
  client: ServiceClient,
  parameters: Record<string, string> = {},
  authentication = oauth.ClientSecretBasic(client.secret),
) {
  const response = await oauth.clientCredentialsGrantRequest(
    server,
    client,
    authentication,
    parameters,
    http,
  );
  return oauth.processClientCredentialsResponse(server, client, response);
}

/** Status of the same prediction through both doors. */
async function useOnBothDoors(token: string): Promise<number[]> {
  const headers = { authorization: `Bearer ${token}` };
  const rest = await app.post('/api/v1/models/penguins/predict', gentoo, headers);
  const trpc = await app.post('/trpc/models.penguins.predict', { json: gentoo }, headers);
  return [rest.status, trpc.status];
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };

/** What the token endpoint says to a form that a library would not send. */
async function sendForm(fields: Record<string, string> | string, headers: Record<string, string> = {}) {
  const body = new URLSearchParams(fields).toString();
  const answer = await app.send('/oauth/token', { method: 'POST', body, headers: { ...form, ...headers } });
  return { ...answer, error: (answer.body as { error?: string }).error };
}

const basicOf = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

describe('a service client', () => {
  test.each([
    ['client_secret_basic', oauth.ClientSecretBasic],
    ['client_secret_post', oauth.ClientSecretPost],
  ])(
    'gets a token with %s, uses it on both doors, and has it refused once it is revoked',
    async (_name, toAuthentication) => {
      const client = await makeClient();
      const authentication = toAuthentication(client.secret);
      const token = await getToken(client, {}, authentication);
      expect(token).toMatchObject({ token_type: 'bearer', expires_in: 900, scope: 'predict models:read' });
      expect(await useOnBothDoors(token.access_token)).toEqual([200, 200]);

      const revocation = await oauth.revocationRequest(
        server,
        client,
        authentication,
        token.access_token,
        http,
      );
      await oauth.processRevocationResponse(revocation);
      expect(await useOnBothDoors(token.access_token)).toEqual([401, 401]);
    },
  );

  test('gets tokens that a resource server of another maker verifies by the published keys', async () => {
    const client = await makeClient();
    const { access_token: token } = await getToken(client);
    const request = new Request(app.url, { headers: { authorization: `Bearer ${token}` } });
    const claims = await oauth.validateJwtAccessToken(server, request, app.url, http);
    expect(claims).toMatchObject({
      iss: app.url,
      sub: client.client_id,
      client_id: client.client_id,
      scope: 'predict models:read',
    });
  });

  test('of ours gets its tokens by itself', async () => {
    const { client_id: clientId, secret: clientSecret } = await makeClient();
    const client = createClient({ url: app.url, auth: { clientId, clientSecret } });
    const { output } = await client.models.penguins.predict.mutate(gentoo);
    expect(output).toMatchObject({ species: 'Gentoo' });
    await app.app.recorder.flush();
    const where = { owner: `client:${clientId}` };
    expect(await app.app.database.prisma.prediction.findMany({ where })).toMatchObject([
      { caller: 'ETL', model: 'penguins' },
    ]);
  });

  test('that asks for fewer scopes has no more', async () => {
    const client = await makeClient();
    const { access_token: token, scope } = await getToken(client, { scope: 'models:read' });
    expect(scope).toBe('models:read');
    expect(await useOnBothDoors(token)).toEqual([403, 403]);
  });

  test('that asks for more than it has is refused', async () => {
    const asked = getToken(await makeClient(), { scope: 'predict admin' });
    await expect(asked).rejects.toMatchObject({ error: 'invalid_scope', status: 400 });
  });

  test('with a wrong secret is told nothing but that, and how to show one', async () => {
    const client = await makeClient();
    const wrong = await sendForm({ grant_type: 'client_credentials' }, basicOf(client.client_id, 'wrong'));
    const unknown = await sendForm({ grant_type: 'client_credentials' }, basicOf('client-nobody', 'wrong'));
    expect(wrong).toMatchObject({ status: 401, error: 'invalid_client' });
    expect(wrong.headers.get('www-authenticate')).toBe('Basic realm="oriel"');
    expect(unknown.text).toBe(wrong.text);
  });

  test('is in the audit log with each token it gets and each time it is refused', async () => {
    const client = await makeClient();
    await getToken(client, { scope: 'predict' });
    await sendForm({ grant_type: 'client_credentials' }, basicOf(client.client_id, 'wrong'));
    await sendForm({ grant_type: 'client_credentials' }, basicOf(client.secret, 'in the wrong place'));
    const { items } = await app.app.services.audit.list({ limit: 3 });
    const target = `client:${client.client_id}`;
    expect(items).toMatchObject([
      { action: 'client.refused', actor: 'anonymous', target: null },
      { action: 'client.refused', actor: 'anonymous', target },
      { action: 'client.token-issued', actor: target, target, detail: { scopes: ['predict'] } },
    ]);
    expect(JSON.stringify(items)).not.toContain(client.secret);
  });

  test('that is revoked gets no token, and those it has are refused', async () => {
    const client = await makeClient();
    const { access_token: token } = await getToken(client);
    expect(await useOnBothDoors(token)).toEqual([200, 200]);
    const path = `/api/v1/clients/${client.client_id}`;
    expect((await app.send(path, { method: 'DELETE', headers: admin })).status).toBe(200);
    expect(await useOnBothDoors(token)).toEqual([401, 401]);
    const again = await sendForm(
      { grant_type: 'client_credentials' },
      basicOf(client.client_id, client.secret),
    );
    expect(again.error).toBe('invalid_client');
  });

  test('cannot revoke the token of another', async () => {
    const [mine, other] = [await makeClient(), await makeClient()];
    const { access_token: token } = await getToken(mine);
    const asked = await oauth.revocationRequest(
      server,
      other,
      oauth.ClientSecretBasic(other.secret),
      token,
      http,
    );
    await expect(oauth.processRevocationResponse(asked)).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await useOnBothDoors(token)).toEqual([200, 200]);
  });

  test('is told that a token is revoked which never was one: there is nothing to learn', async () => {
    const client = await makeClient();
    const authentication = oauth.ClientSecretBasic(client.secret);
    const asked = await oauth.revocationRequest(server, client, authentication, 'never.was.one', http);
    expect(asked.status).toBe(200);
  });

  test('is not in the database with its secret', async () => {
    const client = await makeClient();
    const { rows } = await app.app.database.pool.query('SELECT * FROM oauth_client, signing_key');
    const dump = JSON.stringify(rows);
    expect(dump).toContain(client.client_id);
    expect(dump).not.toContain(client.secret);
    // the private half of a key of this kind is its `d`
    expect(dump).not.toMatch(/"d\\?":/);
  });
});

describe('the token endpoint', () => {
  test.each([
    ['an unknown grant', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['no grant', { scope: 'predict' }, 'invalid_request'],
    ['a field twice', 'grant_type=client_credentials&grant_type=client_credentials', 'invalid_request'],
    ['a refresh token that is none', { grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_grant'],
    ['a refresh without a token', { grant_type: 'refresh_token' }, 'invalid_request'],
    ['a secret without an id', { grant_type: 'client_credentials', client_secret: 'x' }, 'invalid_request'],
  ])('refuses %s', async (_name, fields, error) => {
    expect(await sendForm(fields)).toMatchObject({ status: 400, error });
  });

  test('refuses a client that shows its secret twice', async () => {
    const { client_id: id, secret } = await makeClient();
    const fields = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
    expect(await sendForm(fields, basicOf(id, secret))).toMatchObject({
      status: 400,
      error: 'invalid_request',
    });
  });

  test.each(['Basic !', 'Basic bm9jb2xvbg==', 'Bearer x', 'Basic JTpY'])(
    'refuses the header %s',
    async (authorization) => {
      const answer = await sendForm({ grant_type: 'client_credentials' }, { authorization });
      expect(answer).toMatchObject({ status: 401, error: 'invalid_client' });
    },
  );

  test('refuses what is no form, in its own words', async () => {
    const answer = await app.post('/oauth/token', { grant_type: 'client_credentials' });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  test('answers what no cache keeps', async () => {
    const { client_id: id, secret } = await makeClient();
    const fine = await sendForm({ grant_type: 'client_credentials' }, basicOf(id, secret));
    const refused = await sendForm({ grant_type: 'client_credentials' });
    for (const { headers } of [fine, refused]) expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('a tool of a user', () => {
  const none = oauth.None();

  async function makeTokens(scopes = ['predict', 'models:read']) {
    const user = await createUser(app);
    const headers = await createSession(app, user);
    const { status, body } = await app.post('/api/v1/auth/tokens', { scopes }, headers);
    expect(status).toBe(200);
    return { user, tokens: body as { accessToken: string; refreshToken: string; clientId: string } };
  }

  async function refresh(token: string, parameters: Record<string, string> = {}) {
    const client = { client_id: 'oriel-tools' };
    const options = { ...http, additionalParameters: parameters };
    const response = await oauth.refreshTokenGrantRequest(server, client, none, token, options);
    const answer = await oauth.processRefreshTokenResponse(server, client, response);
    return { access: answer.access_token, next: answer.refresh_token ?? '' };
  }

  test('is given an access token, and renews it with a refresh token that is replaced each time', async () => {
    const { tokens } = await makeTokens();
    expect(tokens.clientId).toBe('oriel-tools');
    expect(await useOnBothDoors(tokens.accessToken)).toEqual([200, 200]);
    const first = await refresh(tokens.refreshToken);
    const second = await refresh(first.next);
    expect(await useOnBothDoors(second.access)).toEqual([200, 200]);
    expect(new Set([tokens.refreshToken, first.next, second.next]).size).toBe(3);
  });

  test('whose refresh token is used twice loses all that came of it, and the audit log tells', async () => {
    const { user, tokens } = await makeTokens();
    const { access, next } = await refresh(tokens.refreshToken);
    expect(await useOnBothDoors(access)).toEqual([200, 200]);
    await expect(refresh(tokens.refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(refresh(next)).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await useOnBothDoors(access)).toEqual([401, 401]);
    expect(await useOnBothDoors(tokens.accessToken)).toEqual([401, 401]);
    const { items } = await app.app.services.audit.list({ actor: `user:${user.id}`, limit: 10 });
    expect(items.map(({ action }) => action)).toEqual(['token.reused', 'token.created']);
  });

  test('that renews twice at the same moment counts as used twice', async () => {
    const { tokens } = await makeTokens();
    const both = await Promise.allSettled([refresh(tokens.refreshToken), refresh(tokens.refreshToken)]);
    const won = both.filter((answer) => answer.status === 'fulfilled');
    expect(won.length).toBeLessThanOrEqual(1);
    for (const { value } of won)
      await expect(refresh(value.next)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('gets an access token for fewer scopes, and loses none of its own for it', async () => {
    const { tokens } = await makeTokens();
    const narrow = await refresh(tokens.refreshToken, { scope: 'models:read' });
    expect(await useOnBothDoors(narrow.access)).toEqual([403, 403]);
    const wide = await refresh(narrow.next);
    expect(await useOnBothDoors(wide.access)).toEqual([200, 200]);
    await expect(refresh(wide.next, { scope: 'admin' })).rejects.toMatchObject({ error: 'invalid_scope' });
    // what was refused used nothing up
    await refresh(wide.next);
  });

  test('ends itself: a revoked refresh token takes its access tokens with it', async () => {
    const { tokens } = await makeTokens();
    const client = { client_id: 'oriel-tools' };
    await oauth.revocationRequest(server, client, none, tokens.refreshToken, http);
    expect(await useOnBothDoors(tokens.accessToken)).toEqual([401, 401]);
    await expect(refresh(tokens.refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('of a user who was disabled does nothing more', async () => {
    const { user, tokens } = await makeTokens();
    await app.app.database.prisma.user.update({ where: { id: user.id }, data: { disabledAt: new Date() } });
    await expect.poll(() => useOnBothDoors(tokens.accessToken)).toEqual([401, 401]);
    await expect(refresh(tokens.refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('does not renew with a token that is over', async () => {
    const { user, tokens } = await makeTokens();
    const where = { userId: user.id };
    await app.app.database.prisma.refreshToken.updateMany({ where, data: { expiresAt: new Date() } });
    await expect(refresh(tokens.refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('cannot be given a scope that its user does not have', async () => {
    const headers = await createSession(app, await createUser(app));
    const { status } = await app.post('/api/v1/auth/tokens', { scopes: ['admin'] }, headers);
    expect(status).toBe(403);
  });

  test('does not renew as a service client', async () => {
    const { tokens } = await makeTokens();
    const { client_id: id, secret } = await makeClient();
    const fields = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken };
    expect((await sendForm(fields, basicOf(id, secret))).error).toBe('invalid_grant');
  });
});
