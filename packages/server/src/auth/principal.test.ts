import { describe, expect, test } from 'vitest';
import {
  anonymousPrincipal,
  clientPrincipal,
  keyPrincipal,
  reachOf,
  tokenPrincipal,
  userPrincipal,
} from './principal.ts';

const member = { id: 'm1', name: 'Mia', role: 'member' } as const;
const admin = { id: 'a1', name: 'Ada', role: 'admin' } as const;
const unlimited = { models: null, requestsPerDayMax: null, computeMsPerDayMax: null };
const key = { id: 'k1', name: 'CI', scopes: ['predict', 'monitoring:read'], ...unlimited };

describe('principals', () => {
  test('all that a user comes with is the same owner', () => {
    const owners = [
      userPrincipal(member, 's1'),
      keyPrincipal(member, key),
      tokenPrincipal(member, { id: 't1', scopes: ['predict'] }),
    ].map(({ owner }) => owner);
    expect(new Set(owners)).toEqual(new Set(['user:m1']));
  });

  test('a name that somebody chose makes no owner', () => {
    const impostor = userPrincipal({ ...member, name: 'anonymous' }, 's1');
    expect(impostor.owner).not.toBe(anonymousPrincipal(true).owner);
  });

  test('a key has no more rights than its user has now', () => {
    const demoted = keyPrincipal(member, { ...key, scopes: ['predict', 'admin', 'models:write'] });
    expect([...demoted.scopes]).toEqual(['predict']);
    expect([...keyPrincipal(admin, { ...key, scopes: ['admin'] }).scopes]).toEqual(['admin']);
  });

  test('a scope that nobody knows is none', () => {
    const client = { id: 'c1', name: 'Crawler' };
    const principal = clientPrincipal(client, { id: 't1', scopes: ['predict', 'fly', '__proto__'] });
    expect([...principal.scopes]).toEqual(['predict']);
  });

  test('anonymous callers may predict and see the models, or nothing', () => {
    expect([...anonymousPrincipal(true).scopes]).toEqual(['predict', 'models:read']);
    expect([...anonymousPrincipal(false).scopes]).toEqual([]);
  });

  test('whoever has the scope "admin" reaches all rows; an admin’s key without it only those of the admin', () => {
    expect(reachOf(userPrincipal(admin, 's1'))).toEqual({ kind: 'all' });
    expect(reachOf(keyPrincipal(admin, key))).toEqual({ kind: 'own', owner: 'user:a1' });
    expect(reachOf(userPrincipal(member, 's1'))).toEqual({ kind: 'own', owner: 'user:m1' });
    expect(reachOf(anonymousPrincipal(true))).toEqual({ kind: 'own', owner: 'anonymous' });
  });

  test('cannot be changed: the cache shares them between requests', () => {
    expect(() => Object.assign(userPrincipal(member, 's1'), { role: 'admin' })).toThrow(TypeError);
  });
});
