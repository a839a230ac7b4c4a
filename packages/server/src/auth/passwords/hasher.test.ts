import { parseOptions } from '@node-rs/argon2';
import { describe, expect, test, vi } from 'vitest';
import { createPasswordHasher } from './hasher.ts';

const argon2 = vi.hoisted(() => ({ verified: [] as string[] }));
vi.mock('@node-rs/argon2', async (load) => {
  const real = await load<typeof import('@node-rs/argon2')>();
  const verify: typeof real.verify = (hashed, password, ...rest) => {
    argon2.verified.push(String(hashed));
    return real.verify(hashed, password, ...rest);
  };
  return { ...real, verify };
});

const cost = { memoryKib: 1024, passes: 1 };
const { hash, isRight, isOutdated } = createPasswordHasher(cost);

describe('password hashes', () => {
  test('are argon2id, with a salt of their own', async () => {
    const hashes = [await hash('secret'), await hash('secret')];
    expect(hashes[0]).toMatch(/^\$argon2id\$v=19\$m=1024,t=1,p=1\$/);
    expect(hashes[0]).not.toBe(hashes[1]);
    expect(await isRight('secret', hashes[0] ?? '')).toBe(true);
    expect(await isRight('Secret', hashes[0] ?? '')).toBe(false);
  });

  test('are the same for the same characters, in whichever form a keyboard sends them', async () => {
    const [composed, apart] = ['caf\u00e9 au lait', 'cafe\u0301 au lait'];
    expect(await isRight(apart, await hash(composed))).toBe(true);
    expect(await isRight(composed, await hash(apart))).toBe(true);
    expect(await isRight('cafe au lait', await hash(composed))).toBe(false);
  });

  test('where there is none, one is verified all the same, at the same cost', async () => {
    argon2.verified.length = 0;
    expect(await isRight('secret', null)).toBe(false);
    expect(argon2.verified).toHaveLength(1);
    expect(parseOptions(argon2.verified[0] ?? '')).toMatchObject({ memoryCost: 1024, timeCost: 1 });
  });

  test.each([
    ['more memory', { ...cost, memoryKib: 2048 }],
    ['more passes', { ...cost, passes: 2 }],
  ])('are outdated when the settings ask for %s', async (_name, other) => {
    const text = await hash('secret');
    expect(isOutdated(text)).toBe(false);
    expect(createPasswordHasher(other).isOutdated(text)).toBe(true);
  });

  test('are not made for a crowd: what waits is bounded', async () => {
    const results = await Promise.allSettled(Array.from({ length: 100 }, () => hash('secret')));
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(100 - 64);
    expect(refused[0]).toMatchObject({ reason: { code: 'SERVER_OVERLOADED' } });
    // and the next is served again
    expect(await isRight('secret', await hash('secret'))).toBe(true);
  });
});
