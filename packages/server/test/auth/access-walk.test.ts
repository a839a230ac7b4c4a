import { hashSync } from '@node-rs/argon2';
import * as contracts from '@oriel/models';
import { scopeSchema } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAppRouter } from '../../src/app-router.ts';
import type { PrincipalUser } from '../../src/auth/principal.ts';
import { createKey, createSession, createUser } from '../support/identities.ts';
import { callThroughRest, callThroughTrpc, type Procedure, proceduresOf } from '../support/raw-call.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import {
  type CallerName,
  callers,
  type Expectation,
  expectations,
  type VisitorName,
  visitors,
} from './support/access-expectations.ts';
import { createOwnersThings, type OwnersThings, password } from './support/owners-things.ts';

// Every procedure, through both doors, by every kind of caller. A new procedure needs a line in `access-expectations.ts`.

const procedures = proceduresOf(createAppRouter(contracts));

let app: TestApp;
let headersOf: Record<CallerName, Record<string, string>>;
let userOf: Record<VisitorName, PrincipalUser>;
let owner: PrincipalUser;
let things: OwnersThings;
beforeAll(async () => {
  app = await startTestApp({
    ORIEL_PASSWORD_MEMORY_KIB: '1024',
    ORIEL_PASSWORD_PASSES: '1',
    ORIEL_JOBS_PER_USER_MAX: '1000',
  });
  owner = await createUser(app);
  const other = await createUser(app);
  const admin = await createUser(app, 'admin');
  userOf = { 'other in a browser': other, 'owner in a browser': owner, 'admin in a browser': admin };
  const passwordHash = hashSync(password, { memoryCost: 1024, timeCost: 1, parallelism: 1 });
  await app.app.database.prisma.user.updateMany({ data: { passwordHash } });
  const memberScopes = scopeSchema.options.filter((scope) => scope !== 'admin' && scope !== 'models:write');
  const keyOf = async (user: PrincipalUser, input: Parameters<typeof createKey>[2]) => ({
    ...(await createKey(app, user, input)).headers,
  });
  headersOf = {
    anonymous: {},
    wrong: { authorization: `Bearer oriel_aaaaaaaa_${'a'.repeat(43)}` },
    unscoped: await keyOf(admin, { scopes: ['models:write'] }),
    spamOnly: await keyOf(other, { scopes: memberScopes, models: ['spam'] }),
    other: await keyOf(other, { scopes: memberScopes }),
    owner: await keyOf(owner, { scopes: memberScopes }),
    admin: await keyOf(admin, { scopes: [...scopeSchema.options] }),
  };
  things = await createOwnersThings({ app, owner, headers: headersOf.owner, admin });
});
afterAll(() => app.close());

describe('the walk over all procedures', () => {
  test('every procedure has an expectation, and every expectation a procedure', () => {
    expect(differenceOf(procedures, expectations)).toEqual({ missing: [], stale: [] });
  });

  test('a new procedure without an expectation is found', () => {
    const withNew = [...procedures, { path: 'secrets.list', type: 'query' as const, rest: undefined }];
    expect(differenceOf(withNew, expectations).missing).toEqual(['secrets.list']);
  });

  describe.each(procedures.map((procedure) => [procedure.path, procedure] as const))(
    '%s',
    (path, procedure) => {
      const {
        input,
        makeInput,
        outcomes,
        inBrowser = outcomes.slice(-3),
      } = expectations[path] ?? { outcomes: [] };
      const toInput = () => (makeInput ? makeInput(things) : input);

      test.each(doorsOf(procedure))('%s', async (_door, call) => {
        const answers: Partial<Record<CallerName, unknown>> = {};
        // one after another: a call may change what the next is about
        for (const caller of callers)
          answers[caller] = outcomeOf(await call(app.url, await toInput(), headersOf[caller]));
        expect(answers).toEqual(Object.fromEntries(callers.map((caller, i) => [caller, outcomes[i]])));
      });

      test.each(doorsOf(procedure))('%s, in a browser', async (_door, call) => {
        const answers: Partial<Record<VisitorName, unknown>> = {};
        for (const visitor of visitors) {
          const headers = await createSession(app, userOf[visitor]);
          answers[visitor] = outcomeOf(await call(app.url, await toInput(), headers));
        }
        expect(answers).toEqual(Object.fromEntries(visitors.map((visitor, i) => [visitor, inBrowser[i]])));
      });
    },
  );
});

describe('where anonymous calls are turned off', () => {
  let closed: typeof app;
  beforeAll(async () => {
    closed = await startTestApp({ ORIEL_ANONYMOUS: 'off' });
  });
  afterAll(() => closed.close());

  // those that anybody may call to sign in
  const open: readonly string[] = [
    'auth.state',
    'auth.register',
    'auth.signIn',
    'auth.signOut',
    'auth.useLink',
  ];

  test.each(procedures.map((procedure) => [procedure.path, procedure] as const))(
    '%s asks who is calling',
    async (path, procedure) => {
      for (const [, call] of doorsOf(procedure)) {
        const { status, headers } = await call(closed.url, {}, {});
        if (open.includes(path)) expect(status).not.toBe(401);
        else {
          expect(status).toBe(401);
          expect(headers.get('www-authenticate')).toBe('Bearer realm="oriel"');
        }
      }
    },
  );
});

function doorsOf(procedure: Procedure) {
  type Call = (url: string, input: unknown, headers: Record<string, string>) => Promise<Answer>;
  const doors: [string, Call][] = [
    ['tRPC', (url, input, headers) => callThroughTrpc(url, procedure, input, headers)],
  ];
  if (procedure.rest)
    doors.push(['REST', (url, input, headers) => callThroughRest(url, procedure, input, headers)]);
  return doors;
}

type Answer = Awaited<ReturnType<typeof callThroughTrpc>>;

const refusals: ReadonlySet<number> = new Set([401, 403, 404, 409]);

function outcomeOf({ status, text }: Answer): unknown {
  // the path of a problem is what the caller sent, and tells nothing
  const told = text.replaceAll(/"instance":"[^"]*"/g, '');
  const isOwners = told.includes(owner.name) || told.includes(owner.id);
  if (status >= 200 && status < 300) return isOwners ? 'sees' : 'ok';
  // a refusal that tells of the owner's things, or is none, is no outcome that the table can have
  return refusals.has(status) && !isOwners ? status : `${status} ${text}`;
}

function differenceOf(all: readonly Procedure[], table: Readonly<Record<string, Expectation>>) {
  const paths = new Set(all.map(({ path }) => path));
  return {
    missing: [...paths].filter((path) => !Object.hasOwn(table, path)),
    stale: Object.keys(table).filter((path) => !paths.has(path)),
  };
}
