import { decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import { createAccessTokens } from './access-token.ts';
import { createSealedBox } from './sealed-box.ts';
import type { SigningKeyRepository } from './signing-key-repository.ts';
import { createSigningKeys } from './signing-keys.ts';

const day = 24 * 3_600_000;
const tokenMs = 15 * 60_000;
type Stored = Awaited<ReturnType<SigningKeyRepository['list']>>[number];

/** One database and one clock, for any number of servers. */
function createScene() {
  const scene = { now: new Date('2026-01-01T00:00:00Z'), rows: [] as Stored[], audited: 0, lists: 0 };
  const repository: SigningKeyRepository = {
    async list() {
      scene.lists += 1;
      return scene.rows.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
    },
    insert: async (row) => void scene.rows.push(row),
    retire: async (createdBefore, at) => {
      scene.rows = scene.rows.map((row) =>
        row.createdAt <= createdBefore && !row.retiredAt ? { ...row, retiredAt: at } : row,
      );
    },
    remove: async (before) => {
      scene.rows = scene.rows.filter(({ retiredAt }) => !retiredAt || retiredAt >= before);
    },
  };
  const now = () => scene.now;
  const startServer = (secret = 's'.repeat(32)) => {
    const keys = createSigningKeys({
      repository,
      audit: {
        record: async () => {
          scene.audited += 1;
        },
      },
      openBox: async () => createSealedBox(secret),
      lifeMs: 30 * day,
      tokenMs,
      now,
    });
    const tokens = createAccessTokens({ keys, issuer: () => 'https://oriel.example.com', now });
    const sign = async () => (await tokens.sign({ subject: 'a', clientId: 'a', scopes: ['predict'] })).token;
    const kids = async () => (await keys.jwks()).keys.map(({ kid }) => kid);
    return { sign, read: tokens.read, kids };
  };
  const pass = (ms: number) => {
    scene.now = new Date(scene.now.getTime() + ms);
  };
  return { scene, startServer, pass };
}

const kidOf = (token: string) => decodeProtectedHeader(token).kid;

describe('signing keys', () => {
  test('are made when a token is first asked for, one for many who ask at once', async () => {
    const { scene, startServer } = createScene();
    const server = startServer();
    expect(scene.rows).toEqual([]);
    const tokens = await Promise.all([server.sign(), server.sign(), server.sign()]);
    expect(new Set(tokens.map(kidOf)).size).toBe(1);
    expect(scene).toMatchObject({ rows: [{ algorithm: 'EdDSA', retiredAt: null }], audited: 1 });
  });

  test('are the same after a restart, and on every server that has the secret', async () => {
    const { startServer } = createScene();
    const token = await startServer().sign();
    const other = startServer();
    expect(kidOf(await other.sign())).toBe(kidOf(token));
    expect(await other.read(token)).toMatchObject({ sub: 'a', scope: 'predict' });
  });

  test('of a server with another secret verify here, and do not sign here', async () => {
    const { startServer } = createScene();
    const [one, other] = [startServer(), startServer('t'.repeat(32))];
    const [first, second] = [await one.sign(), await other.sign()];
    expect(kidOf(first)).not.toBe(kidOf(second));
    expect(await one.read(second)).not.toBeNull();
    expect(await other.read(first)).not.toBeNull();
  });

  test('are known at once where they were not a moment ago', async () => {
    const { scene, startServer } = createScene();
    const [one, other] = [startServer(), startServer()];
    expect(await other.kids()).toEqual([]);
    const token = await one.sign();
    scene.lists = 0;
    // a `kid` that nobody knows is looked for anew, once for all that ask meanwhile
    const read = await Promise.all([other.read(token), other.read(token), other.read(token)]);
    expect(read.map((claims) => claims !== null)).toEqual([true, true, true]);
    expect(scene.lists).toBe(1);
  });

  test('give way to new ones, and are published until their last tokens are over', async () => {
    const { scene, startServer, pass } = createScene();
    const server = startServer();
    const [old] = [kidOf(await server.sign())];
    pass(30 * day - 1000);
    const last = await server.sign();
    expect(kidOf(last)).toBe(old);
    pass(1000);
    const next = kidOf(await server.sign());
    expect(next).not.toBe(old);
    expect(await startServer().kids()).toEqual([next, old]);
    pass(tokenMs - 2000);
    expect(await startServer().read(last)).not.toBeNull();
    pass(60_000);
    expect(await startServer().kids()).toEqual([next]);
    expect(await startServer().read(last)).toBeNull();
    // at the next change
    pass(30 * day);
    await server.sign();
    expect(scene.rows.map(({ kid }) => kid)).not.toContain(old);
  });

  test('that are stored can be used by nobody without the secret', async () => {
    const { scene, startServer } = createScene();
    await startServer().sign();
    const stored = scene.rows[0]?.privateJwk ?? '';
    expect(await createSealedBox('t'.repeat(32)).open(stored)).toBeNull();
    expect(JSON.parse((await createSealedBox('s'.repeat(32)).open(stored)) ?? '')).toMatchObject({
      crv: 'Ed25519',
    });
  });
});
