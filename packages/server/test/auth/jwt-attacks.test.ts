import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { exportJWK, exportSPKI, importJWK, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSealedBox } from '../../src/auth/oauth/sealed-box.ts';
import { createSession, createUser } from '../support/identities.ts';
import { gentoo } from '../support/inputs.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

// Each attack differs in one thing from the token of the first test, which is let in.

const secret = 'k'.repeat(43);
let app: TestApp;
let clientId: string;
let kid: string;
let publicJwk: JWK;
let privateKey: Parameters<SignJWT['sign']>[0];
beforeAll(async () => {
  app = await startTestApp({ ORIEL_SECRET: secret });
  const admin = await createSession(app, await createUser(app, 'admin'));
  const made = await app.post('/api/v1/clients', { name: 'x', scopes: ['predict'] }, admin);
  const { client, secret: clientSecret } = made.body as { client: { id: string }; secret: string };
  clientId = client.id;
  // the first token makes the key
  await app.send('/oauth/token', {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    }),
  });
  // with what only the server has: who signs with its own key still gets in with nothing that is wrong
  const [row] = await app.app.database.prisma.signingKey.findMany();
  const opened = await createSealedBox(secret).open(row?.privateJwk ?? '');
  kid = row?.kid ?? '';
  publicJwk = row?.publicJwk as JWK;
  privateKey = await importJWK(JSON.parse(opened ?? '{}'), 'EdDSA');
});
afterAll(() => app.close());

const nowS = () => Math.floor(Date.now() / 1000);

function goodClaims() {
  return {
    iss: app.url,
    aud: app.url,
    sub: clientId,
    client_id: clientId,
    scope: 'predict',
    jti: randomUUID(),
    iat: nowS(),
    exp: nowS() + 900,
  };
}

const goodHeader = (): JWTHeaderParameters => ({ alg: 'EdDSA', typ: 'at+jwt', kid });

/** Signed with the server's own key, unless told otherwise. */
function forge(claims: object = {}, header: object = {}, key = privateKey): Promise<string> {
  return new SignJWT({ ...goodClaims(), ...claims })
    .setProtectedHeader({ ...goodHeader(), ...header })
    .sign(key, { crit: { 'urn:new': true } });
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Status on both doors, and what asks for another credential. */
async function outcomeOf(token: string) {
  const headers = { authorization: `Bearer ${token}` };
  const answers = [
    await app.post('/api/v1/models/penguins/predict', gentoo, headers),
    await app.post('/trpc/models.penguins.predict', { json: gentoo }, headers),
  ];
  return answers.map(({ status, headers: sent }) => [status, sent.get('www-authenticate')]);
}

const refused = [401, 'Bearer realm="oriel", error="invalid_token"'];
const bothRefused = [refused, refused];

test('the token that the attacks are made from is let in', async () => {
  expect(await outcomeOf(await forge())).toEqual([
    [200, null],
    [200, null],
  ]);
});

describe('an access token is refused', () => {
  test.each([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another audience', { aud: 'https://other.example' }],
    ['for no audience', { aud: undefined }],
    ['that is expired', { iat: nowS() - 1000, exp: nowS() - 100 }],
    ['that never expires', { exp: undefined }],
    ['that lives longer than ours do', { iat: nowS() - 10_000, exp: nowS() + 900 }],
    ['that is not yet valid', { nbf: nowS() + 100 }],
    ['that was made in the future', { iat: nowS() + 100, exp: nowS() + 900 }],
    ['that says not when it was made', { iat: undefined }],
    ['without a name of its own', { jti: undefined }],
    ['of no client', { client_id: undefined }],
    ['of a client that is not there', { client_id: 'client-nobody' }],
    ['of a user that is not there', { client_id: 'oriel-tools', sub: randomUUID() }],
    ['of a user that cannot be there', { client_id: 'oriel-tools', sub: 'nobody' }],
  ])('%s', async (_name, claims) => {
    expect(await outcomeOf(await forge(claims))).toEqual(bothRefused);
  });

  test.each([
    ['of another type: an ID token is none', { typ: 'JWT' }],
    ['of no type', { typ: undefined }],
    ['with a key that is not known', { kid: 'nobody' }],
    ['with no key', { kid: undefined }],
    ['with a header that we do not understand, and must', { crit: ['urn:new'], 'urn:new': true }],
  ])('%s', async (_name, header) => {
    expect(await outcomeOf(await forge({}, header))).toEqual(bothRefused);
  });

  test('that is not signed: alg none', async () => {
    const parts = [encode({ ...goodHeader(), alg: 'none' }), encode(goodClaims())].join('.');
    const signature = (await forge()).split('.')[2];
    for (const token of [`${parts}.`, `${parts}.${signature}`, `${parts}.AA`])
      expect(await outcomeOf(token)).toEqual(bothRefused);
  });

  test('that is signed with the public key as if it were a secret: HS256', async () => {
    const spki = await exportSPKI(await importPublic());
    for (const key of [spki, JSON.stringify(publicJwk), Buffer.from(String(publicJwk.x), 'base64url')]) {
      const parts = `${encode({ ...goodHeader(), alg: 'HS256' })}.${encode(goodClaims())}`;
      const signature = createHmac('sha256', key).update(parts).digest('base64url');
      expect(await outcomeOf(`${parts}.${signature}`)).toEqual(bothRefused);
    }
  });

  test('that brings its own key: jwk', async () => {
    const own = await createOwnKey();
    for (const header of [{ jwk: own.jwk }, { jwk: own.jwk, kid: undefined }])
      expect(await outcomeOf(await forge({}, header, own.privateKey))).toEqual(bothRefused);
  });

  test('that says where its key is: jku, x5u, and nobody looks there', async () => {
    const own = await createOwnKey();
    for (const name of ['jku', 'x5u']) {
      // whoever asked there would ask this server: its metrics would have the route
      const token = await forge({}, { [name]: `${app.url}/health/live` }, own.privateKey);
      expect(await outcomeOf(token)).toEqual(bothRefused);
    }
    expect((await app.send('/metrics')).text).not.toContain('/health/live');
  });

  test('that another signed under the name of our key', async () => {
    const own = await createOwnKey();
    expect(await outcomeOf(await forge({}, {}, own.privateKey))).toEqual(bothRefused);
  });

  test('whose claims were changed', async () => {
    const [header, , signature] = (await forge()).split('.');
    const changed = encode({ ...goodClaims(), scope: 'predict admin' });
    expect(await outcomeOf(`${header}.${changed}.${signature}`)).toEqual(bothRefused);
  });

  test('whose signature was changed or cut', async () => {
    const token = await forge();
    const last = token.lastIndexOf('.') + 1;
    const other = token[last] === 'A' ? 'B' : 'A';
    for (const spoilt of [token.slice(0, last) + other + token.slice(last + 1), token.slice(0, -2)])
      expect(await outcomeOf(spoilt)).toEqual(bothRefused);
  });

  test.each(['a.b.c', '....', 'eyJ9.eyJ9.AA', `${'a'.repeat(9000)}.b.c`])('that is no JWT', async (token) => {
    expect(await outcomeOf(token)).toEqual(bothRefused);
  });

  test('has no more scopes than the server knows', async () => {
    const [[status]] = (await outcomeOf(await forge({ scope: 'everything' }))) as [[number]];
    expect(status).toBe(403);
  });
});

async function importPublic() {
  const key = await importJWK(publicJwk, 'EdDSA');
  if (key instanceof Uint8Array) throw new Error('not a public key');
  return key;
}

async function createOwnKey() {
  const pair = generateKeyPairSync('ed25519');
  return { privateKey: pair.privateKey, jwk: await exportJWK(pair.publicKey) };
}
