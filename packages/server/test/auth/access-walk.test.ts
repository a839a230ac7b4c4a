import { hash, randomUUID } from 'node:crypto';
import { hashSync } from '@node-rs/argon2';
import * as contracts from '@oriel/models';
import { scopeSchema } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAppRouter } from '../../src/app-router.ts';
import { systemActor } from '../../src/auth/audit/service.ts';
import type { PrincipalUser } from '../../src/auth/principal.ts';
import { createUuidV7 } from '../../src/uuid-v7.ts';
import { createClientId, createKey, createSession, createUser } from '../support/identities.ts';
import { gentoo } from '../support/inputs.ts';
import { callThroughRest, callThroughTrpc, type Procedure, proceduresOf } from '../support/raw-call.ts';
import { startTestApp } from '../support/test-app.ts';

// Every procedure, through both doors, by every kind of caller. A new procedure needs a line in `expectations`.

/** The callers, in the order of the columns of `expectations`. */
const callers = [
  'anonymous',
  'wrong', // a key that was never made
  'unscoped', // a key without the scope of any procedure here, of an admin: no member has it
  'spamOnly', // a key for the model spam alone, with all scopes of a member
  'other', // a key of a member, with all scopes that members have
  'owner', // the same, of the member whose things are called for
  'admin', // a key of an admin, with all scopes
] as const;
type CallerName = (typeof callers)[number];

/** The same in a browser: each call comes with a session of its own, since some end those that they come with. */
const visitors = ['other in a browser', 'owner in a browser', 'admin in a browser'] as const;
type VisitorName = (typeof visitors)[number];

/**
 * What a caller is answered: a status that refuses; `ok`: it may, and nothing of the owner's is in the answer; `sees`:
 * it may, and the owner's things are in the answer.
 */
type Outcome = 401 | 403 | 404 | 'ok' | 'sees';

interface Expectation {
  /**
   * An input that is valid, and asks for what is the owner's where it can. A function is asked before each call: for
   * calls that use up what they are about.
   */
  readonly input?: unknown;
  readonly outcomes: readonly [Outcome, Outcome, Outcome, Outcome, Outcome, Outcome, Outcome];
  /** What the visitors are answered; without it, the same as `other`, `owner` and `admin`. */
  readonly inBrowser?: readonly [Outcome, Outcome, Outcome];
}

const password = 'seven blue penguins';
const mine = [401, 401, 403, 404, 404, 'ok', 'ok'] as const;
const mineSeen = [401, 401, 403, 404, 404, 'sees', 'sees'] as const;
const onlyAdmin = [401, 401, 403, 403, 403, 403, 'ok'] as const;
const onlyAdminSees = [401, 401, 403, 403, 403, 403, 'sees'] as const;
const onlyInBrowser = [401, 401, 403, 403, 403, 403, 403] as const;
const everybody = ['ok', 401, 'ok', 'ok', 'ok', 'ok', 'ok'] as const;
const whoeverKnows = ['sees', 401, 'sees', 'sees', 'sees', 'sees', 'sees'] as const;

const models = Object.values(contracts);

const expectations: Readonly<Record<string, Expectation>> = {
  //                                        anonymous wrong unscoped spamOnly other owner admin
  'models.list': { outcomes: /*         */ ['ok', 401, 403, 'ok', 'ok', 'ok', 'ok'] },
  'models.get': {
    input: { id: 'penguins' },
    outcomes: /*                        */ ['ok', 401, 403, 404, 'ok', 'ok', 'ok'],
  },
  'predictions.list': {
    input: {},
    outcomes: /*                        */ ['ok', 401, 403, 'ok', 'ok', 'sees', 'sees'],
  },
  'auth.state': { outcomes: everybody, inBrowser: ['ok', 'sees', 'ok'] },
  'auth.register': {
    input: { email: 'ada@example.com', name: 'Ada', password },
    outcomes: /*                        */ [403, 401, 403, 403, 403, 403, 403],
  },
  'auth.signIn': { input: () => ({ email: emailOf(owner), password }), outcomes: whoeverKnows },
  'auth.useLink': {
    input: async () => ({ token: (await createLink()).token, password }),
    outcomes: whoeverKnows,
  },
  'auth.signOut': { outcomes: everybody, inBrowser: ['ok', 'ok', 'ok'] },
  'auth.changePassword': {
    input: { currentPassword: password, newPassword: password },
    outcomes: onlyInBrowser,
    inBrowser: ['ok', 'sees', 'ok'],
  },
  'auth.sessions.list': { outcomes: onlyInBrowser, inBrowser: ['ok', 'sees', 'ok'] },
  'auth.sessions.end': {
    input: async () => ({ id: await createSessionOfOwner() }),
    outcomes: onlyInBrowser,
    inBrowser: [404, 'ok', 404],
  },
  'auth.sessions.endOthers': { outcomes: onlyInBrowser, inBrowser: ['ok', 'ok', 'ok'] },
  'users.list': { input: {}, outcomes: onlyAdminSees },
  'users.create': {
    input: () => ({ email: `${randomUUID()}@example.com`, name: 'Grace' }),
    outcomes: onlyAdmin,
  },
  'users.update': { input: () => ({ id: owner.id, name: owner.name }), outcomes: onlyAdminSees },
  'users.link': { input: () => ({ id: owner.id }), outcomes: onlyAdmin },
  'audit.list': { input: () => ({ actor: `user:${owner.id}` }), outcomes: onlyAdminSees },
  'keys.create': {
    input: { name: 'x', scopes: ['predict'] },
    outcomes: onlyInBrowser,
    inBrowser: ['ok', 'sees', 'ok'],
  },
  'keys.list': { input: { of: 'everybody' }, outcomes: onlyInBrowser, inBrowser: ['ok', 'sees', 'sees'] },
  'keys.revoke': {
    input: async () => ({ id: (await createKey(app, owner)).key.id }),
    outcomes: onlyInBrowser,
    inBrowser: [404, 'ok', 'ok'],
  },
  'auth.tokens.create': {
    input: { scopes: ['predict'] },
    outcomes: onlyInBrowser,
    inBrowser: ['ok', 'ok', 'ok'],
  },
  'clients.create': { input: { name: 'x', scopes: ['predict'] }, outcomes: onlyAdmin },
  'clients.list': { outcomes: onlyAdmin },
  'clients.revoke': { input: async () => ({ id: await createClientId(app) }), outcomes: onlyAdmin },
  'datasets.create': {
    input: { name: 'x', rows: [{ a: 1 }] },
    outcomes: /*                        */ [401, 401, 403, 'ok', 'ok', 'ok', 'ok'],
  },
  'datasets.list': { input: {}, outcomes: [401, 401, 403, 'ok', 'ok', 'sees', 'sees'] },
  'datasets.get': { input: () => ({ id: datasetId }), outcomes: mineSeen },
  'datasets.update': { input: () => ({ id: datasetId, name: owner.name }), outcomes: mineSeen },
  'datasets.delete': { input: async () => ({ id: await insertDataset() }), outcomes: mineSeen },
  'datasets.restore': {
    input: async () => ({ id: await insertDataset({ deletedAt: new Date() }) }),
    outcomes: mineSeen,
  },
  'datasets.versions': { input: () => ({ id: datasetId }), outcomes: mine },
  'datasets.profile': { input: () => ({ id: datasetId }), outcomes: mineSeen },
  'datasets.rows': { input: () => ({ id: datasetId }), outcomes: mineSeen },
  'datasets.firstRows': { input: () => ({ id: datasetId }), outcomes: mineSeen },
  'datasets.mapping': { input: () => ({ id: datasetId, model: 'penguins' }), outcomes: mine },
  'datasets.share': {
    input: async () => ({ id: await insertDataset(), email: emailOf(userOf['admin in a browser']) }),
    outcomes: mine,
  },
  'datasets.unshare': {
    input: async () => ({
      id: await insertDataset({ isShared: true }),
      userId: userOf['admin in a browser'].id,
    }),
    outcomes: mine,
  },
  'datasets.shares': { input: () => ({ id: datasetId }), outcomes: mine },
  'jobs.predictDataset': { input: () => ({ datasetId, model: 'penguins' }), outcomes: mineSeen },
  'jobs.checkDataset': { input: () => ({ datasetId, model: 'penguins' }), outcomes: mineSeen },
  'jobs.predictInputs': {
    input: { model: 'spam', inputs: [{ text: 'x' }] },
    outcomes: /*                        */ [401, 401, 403, 'ok', 'ok', 'ok', 'ok'],
  },
  'jobs.list': { input: {}, outcomes: [401, 401, 403, 'ok', 'ok', 'sees', 'sees'] },
  'jobs.get': { input: async () => ({ id: await insertJob() }), outcomes: mineSeen },
  'jobs.cancel': { input: async () => ({ id: await insertJob() }), outcomes: mineSeen },
  'jobs.pause': { input: async () => ({ id: await insertJob() }), outcomes: mineSeen },
  'jobs.resume': { input: async () => ({ id: await insertJob() }), outcomes: mineSeen },
  'jobs.retryFailed': {
    input: async () => ({ id: await insertJob({ hasFailed: true }) }),
    outcomes: mineSeen,
  },
  'jobs.schedules.create': {
    input: () => ({ cron: '0 3 * * *', job: { datasetId, model: 'penguins' } }),
    outcomes: mine,
  },
  'jobs.schedules.list': { outcomes: [401, 401, 403, 'ok', 'ok', 'ok', 'ok'] },
  'jobs.schedules.delete': { input: async () => ({ id: await insertSchedule() }), outcomes: mine },
  ...Object.assign({}, ...models.map(({ id, examples: [example] }) => expectationsOf(id, example?.input))),
};

/** A model needs no lines of its own: whoever may predict may call it, unless the key names other models. */
function expectationsOf(id: string, input: unknown): Record<string, Expectation> {
  const spamOnly = id === 'spam' ? 'ok' : 404;
  const outcomes = ['ok', 401, 403, spamOnly, 'ok', 'ok', 'ok'] as const;
  return {
    [`models.${id}.predict`]: { input, outcomes },
    [`models.${id}.predictVersion`]: { input: { ...Object(input), version: '1' }, outcomes },
    [`models.${id}.predictMany`]: { input: { inputs: [input] }, outcomes },
  };
}

const procedures = proceduresOf(createAppRouter(contracts));

let app: Awaited<ReturnType<typeof startTestApp>>;
let headersOf: Record<CallerName, Record<string, string>>;
let userOf: Record<VisitorName, PrincipalUser>;
let owner: PrincipalUser;
let datasetId: string;
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
  await makeOwnersThings();
});
afterAll(() => app.close());

/** One of everything that an owner can have; the owner's name or id is in each answer that shows it. */
async function makeOwnersThings(): Promise<void> {
  await app.post('/api/v1/models/penguins/predict', gentoo, headersOf.owner);
  await app.app.recorder.flush();
  await app.post('/api/v1/auth/sign-in', { email: emailOf(owner), password });
  const rows = [{ island: owner.name }];
  const headers = headersOf.owner;
  const { body } = await app.post('/api/v1/datasets', { name: `Rows of ${owner.name}`, rows }, headers);
  datasetId = (body as { id: string }).id;
}

/** One of the owner's, whose rows nobody asks for. */
async function insertDataset({
  deletedAt = null,
  isShared = false,
}: {
  deletedAt?: Date | null;
  isShared?: boolean;
} = {}) {
  const now = new Date();
  const times = { createdAt: now };
  const { id } = await app.app.database.prisma.dataset.create({
    data: {
      ...times,
      id: randomUUID(),
      owner: `user:${owner.id}`,
      name: `Rows of ${owner.name}`,
      description: '',
      tags: [],
      updatedAt: now,
      deletedAt,
      versions: {
        create: {
          ...times,
          version: 1,
          state: 'ready',
          format: 'csv',
          sourceName: 'rows.csv',
          sourceSha256: '',
          sizeBytes: 0,
          columns: [],
        },
      },
      ...(isShared && { shares: { create: { ...times, userId: userOf['admin in a browser'].id } } }),
    },
  });
  return id;
}

/** One of the owner's that is paused, or has ended without all of its rows. */
async function insertJob({ hasFailed = false } = {}): Promise<string> {
  const run = { datasetId, datasetVersion: 1, model: 'penguins', modelVersion: '1' };
  const how = { name: 'x', mapping: {}, keepColumns: true, chunkRows: 10, chargedTo: `user:${owner.id}` };
  const now = new Date();
  const { id } = await app.app.database.prisma.job.create({
    data: {
      ...run,
      id: createUuidV7(),
      owner: `user:${owner.id}`,
      kind: 'dataset.predict',
      state: hasFailed ? 'failed' : 'paused',
      title: `Predict rows of ${owner.name}`,
      priority: 0,
      input: { ...run, ...how },
      createdAt: now,
      updatedAt: now,
      finishedAt: hasFailed ? now : null,
    },
  });
  return id;
}

async function insertSchedule(): Promise<string> {
  const { id } = await app.app.database.prisma.jobSchedule.create({
    data: {
      id: createUuidV7(),
      owner: `user:${owner.id}`,
      cron: '0 3 * * *',
      timeZone: 'UTC',
      job: { datasetId, model: 'penguins' },
      createdAt: new Date(),
    },
  });
  return id;
}

function emailOf({ id }: PrincipalUser): string {
  return `${id}@example.com`;
}

function createLink() {
  return app.app.services.users.createLink(systemActor, owner.id);
}

/** Makes one; gives what names it in the list. */
async function createSessionOfOwner(): Promise<string> {
  const { cookie } = await createSession(app, owner);
  return hash('sha256', cookie.slice(cookie.indexOf('=') + 1), 'hex');
}

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
      const { input, outcomes, inBrowser = outcomes.slice(-3) } = expectations[path] ?? { outcomes: [] };

      test.each(doorsOf(procedure))('%s', async (_door, call) => {
        const answers: Partial<Record<CallerName, unknown>> = {};
        // one after another: a call may change what the next is about
        for (const caller of callers)
          answers[caller] = outcomeOf(await call(app.url, await toInput(input), headersOf[caller]));
        expect(answers).toEqual(Object.fromEntries(callers.map((caller, i) => [caller, outcomes[i]])));
      });

      test.each(doorsOf(procedure))('%s, in a browser', async (_door, call) => {
        const answers: Partial<Record<VisitorName, unknown>> = {};
        for (const visitor of visitors) {
          const headers = await createSession(app, userOf[visitor]);
          answers[visitor] = outcomeOf(await call(app.url, await toInput(input), headers));
        }
        expect(answers).toEqual(Object.fromEntries(visitors.map((visitor, i) => [visitor, inBrowser[i]])));
      });
    },
  );
});

async function toInput(input: unknown): Promise<unknown> {
  return typeof input === 'function' ? input() : input;
}

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

function outcomeOf({ status, text }: Answer): unknown {
  // the path of a problem is what the caller sent, and tells nothing
  const told = text.replaceAll(/"instance":"[^"]*"/g, '');
  const isOwners = told.includes(owner.name) || told.includes(owner.id);
  if (status >= 200 && status < 300) return isOwners ? 'sees' : 'ok';
  // a refusal that tells of the owner's things, or is none, is no outcome that the table can have
  return (status === 401 || status === 403 || status === 404) && !isOwners ? status : `${status} ${text}`;
}

function differenceOf(all: readonly Procedure[], table: Readonly<Record<string, Expectation>>) {
  const paths = new Set(all.map(({ path }) => path));
  return {
    missing: [...paths].filter((path) => !Object.hasOwn(table, path)),
    stale: Object.keys(table).filter((path) => !paths.has(path)),
  };
}
