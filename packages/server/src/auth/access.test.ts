import { describe, expect, test } from 'vitest';
import { type Access, refusalOf } from './access.ts';
import { anonymousPrincipal, endedSessionPrincipal, keyPrincipal, userPrincipal } from './principal.ts';

const ada = { id: 'a1', name: 'Ada', role: 'member' } as const;
const unlimited = { requestsPerDayMax: null, computeMsPerDayMax: null };
const principals = {
  anonymous: anonymousPrincipal(true),
  'anonymous, turned off': anonymousPrincipal(false),
  'ended session': endedSessionPrincipal,
  member: userPrincipal(ada, 's1'),
  admin: userPrincipal({ ...ada, role: 'admin' }, 's2'),
  'predict key': keyPrincipal(ada, {
    id: 'k1',
    name: 'CI',
    scopes: ['predict'],
    models: ['spam'],
    ...unlimited,
  }),
};

/** What each principal is told, in the order of `principals`; null: it may. */
const cases: [string, Access, (string | null)[]][] = [
  ['open', { kind: 'open' }, [null, null, null, null, null, null]],
  [
    'signed in',
    { kind: 'signed-in' },
    ['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED', null, null, 'FORBIDDEN'],
  ],
  [
    'a scope that all have',
    { kind: 'scope', scope: 'predict' },
    [null, 'UNAUTHENTICATED', 'UNAUTHENTICATED', null, null, null],
  ],
  [
    'a scope of people',
    { kind: 'scope', scope: 'monitoring:read' },
    ['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED', null, null, 'FORBIDDEN'],
  ],
  [
    'a scope of people, open to anonymous callers',
    { kind: 'scope', scope: 'monitoring:read', isOpenToAnonymous: true },
    [null, 'UNAUTHENTICATED', 'UNAUTHENTICATED', null, null, 'FORBIDDEN'],
  ],
  [
    'a scope of admins',
    { kind: 'scope', scope: 'admin' },
    ['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED', 'FORBIDDEN', null, 'FORBIDDEN'],
  ],
  [
    'a model that the key may call',
    { kind: 'scope', scope: 'predict', model: 'spam' },
    [null, 'UNAUTHENTICATED', 'UNAUTHENTICATED', null, null, null],
  ],
  [
    'a model that the key may not call: it is not there',
    { kind: 'scope', scope: 'predict', model: 'digits' },
    [null, 'UNAUTHENTICATED', 'UNAUTHENTICATED', null, null, 'MODEL_NOT_FOUND'],
  ],
];

describe('refusalOf', () => {
  test.each(cases)('%s', (_name, access, codes) => {
    const names = Object.keys(principals);
    const actual = Object.values(principals).map((each) => refusalOf(each, access)?.code ?? null);
    expect(names.map((name, i) => [name, actual[i]])).toEqual(names.map((name, i) => [name, codes[i]]));
  });

  test('names the scope that is missing', () => {
    const refusal = refusalOf(principals['predict key'], { kind: 'scope', scope: 'jobs:write' });
    expect(refusal).toMatchObject({
      message: 'This needs the scope "jobs:write", which the caller does not have.',
      challenge: { error: 'insufficient_scope', scope: 'jobs:write' },
    });
  });
});
