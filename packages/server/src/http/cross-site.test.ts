import { describe, expect, test } from 'vitest';
import { isForged } from './cross-site.ts';

const own = 'https://oriel.example';
const listed = 'https://app.example';
const isOurs = (origin: string) => origin === own || origin === listed;

const post = {
  method: 'POST',
  cookie: '__Host-oriel-session=abc',
  authorization: undefined,
  secFetchSite: undefined,
  origin: undefined,
};

describe('isForged', () => {
  test.each([
    ['a page of ours', { secFetchSite: 'same-origin', origin: own }, false],
    ['the address bar', { secFetchSite: 'none' }, false],
    ['a page of another site', { secFetchSite: 'cross-site', origin: 'https://evil.example' }, true],
    ['a page of a sibling host', { secFetchSite: 'same-site', origin: 'https://blog.oriel.example' }, true],
    ['a listed origin of another site', { secFetchSite: 'cross-site', origin: listed }, false],
    ['a page of ours over plain HTTP', { origin: own }, false],
    ['our name with another scheme', { origin: 'http://oriel.example' }, true],
    ['our name with another port', { origin: 'https://oriel.example:8443' }, true],
    ['a page without an origin, as in a sandbox', { origin: 'null' }, true],
    ['a listed name as a part of another', { origin: `${listed}.evil.example` }, true],
    ['an old browser that says nothing', {}, true],
    ['a made-up value', { secFetchSite: 'same-origin, cross-site' }, true],
  ])('%s', (_name, headers, expected) => {
    expect(isForged({ ...post, ...headers }, isOurs)).toBe(expected);
  });

  const fromEvil = { ...post, secFetchSite: 'cross-site', origin: 'https://evil.example' };

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])('%s may change something', (method) => {
    expect(isForged({ ...fromEvil, method }, isOurs)).toBe(true);
  });

  test.each(['GET', 'HEAD', 'OPTIONS'])('%s changes nothing', (method) => {
    expect(isForged({ ...fromEvil, method }, isOurs)).toBe(false);
  });

  test.each([
    ['__Host-oriel-session=a', true],
    ['oriel-session=a', true],
    ['theme=dark; oriel-session=a', true],
    ['theme=dark;__Host-oriel-sign-in=a', true],
    ['theme=dark', false],
    ['my-oriel-session=a', false],
  ])('the cookie %s belongs to a session: %s', (cookie, expected) => {
    expect(isForged({ ...fromEvil, cookie }, isOurs)).toBe(expected);
  });

  test('whoever shows a key or a token means it', () => {
    expect(isForged({ ...fromEvil, authorization: 'Bearer oriel_…' }, isOurs)).toBe(false);
    expect(isForged({ ...fromEvil, cookie: undefined }, isOurs)).toBe(false);
  });
});
