import { randomUUID } from 'node:crypto';
import * as contracts from '@oriel/models';
import { emailOf, type OwnersThings, password } from './owners-things.ts';

/** The callers, in the order of the columns of {@link expectations}. */
export const callers = [
  'anonymous',
  'wrong', // a key that was never made
  'unscoped', // a key without the scope of any procedure here, of an admin: no member has it
  'spamOnly', // a key for the model spam alone, with all scopes of a member
  'other', // a key of a member, with all scopes that members have
  'owner', // the same, of the member whose things are called for
  'admin', // a key of an admin, with all scopes
] as const;
export type CallerName = (typeof callers)[number];

/** The same in a browser: each call comes with a session of its own, since some end those that they come with. */
export const visitors = ['other in a browser', 'owner in a browser', 'admin in a browser'] as const;
export type VisitorName = (typeof visitors)[number];

/**
 * What a caller is answered: a status that refuses; `ok`: it may, and nothing of the owner's is in the answer; `sees`:
 * it may, and the owner's things are in the answer.
 */
type Outcome = 401 | 403 | 404 | 409 | 'ok' | 'sees';

export interface Expectation {
  /** An input that is valid. */
  readonly input?: unknown;
  /** The same where it asks for what is the owner's; made before each call, since some use up what they are about. */
  readonly makeInput?: (things: OwnersThings) => unknown;
  readonly outcomes: readonly [Outcome, Outcome, Outcome, Outcome, Outcome, Outcome, Outcome];
  /** What the visitors are answered; without it, the same as `other`, `owner` and `admin`. */
  readonly inBrowser?: readonly [Outcome, Outcome, Outcome];
}

const mine = [401, 401, 403, 404, 404, 'ok', 'ok'] as const;
const mineSeen = [401, 401, 403, 404, 404, 'sees', 'sees'] as const;
const onlyAdmin = [401, 401, 403, 403, 403, 403, 'ok'] as const;
const onlyAdminSees = [401, 401, 403, 403, 403, 403, 'sees'] as const;
const onlyInBrowser = [401, 401, 403, 403, 403, 403, 403] as const;
const everybody = ['ok', 401, 'ok', 'ok', 'ok', 'ok', 'ok'] as const;
const whoeverKnows = ['sees', 401, 'sees', 'sees', 'sees', 'sees', 'sees'] as const;

const models = Object.values(contracts);

/** A new procedure needs a line here. */
export const expectations: Readonly<Record<string, Expectation>> = {
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
  'auth.signIn': { makeInput: ({ owner }) => ({ email: emailOf(owner), password }), outcomes: whoeverKnows },
  'auth.useLink': {
    makeInput: async ({ createLinkToken }) => ({ token: await createLinkToken(), password }),
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
    makeInput: async ({ createSessionId }) => ({ id: await createSessionId() }),
    outcomes: onlyInBrowser,
    inBrowser: [404, 'ok', 404],
  },
  'auth.sessions.endOthers': { outcomes: onlyInBrowser, inBrowser: ['ok', 'ok', 'ok'] },
  'users.list': { input: {}, outcomes: onlyAdminSees },
  'users.create': {
    makeInput: () => ({ email: `${randomUUID()}@example.com`, name: 'Grace' }),
    outcomes: onlyAdmin,
  },
  'users.update': {
    makeInput: ({ owner }) => ({ id: owner.id, name: owner.name }),
    outcomes: onlyAdminSees,
  },
  'users.link': { makeInput: ({ owner }) => ({ id: owner.id }), outcomes: onlyAdmin },
  'audit.list': { makeInput: ({ owner }) => ({ actor: `user:${owner.id}` }), outcomes: onlyAdminSees },
  'keys.create': {
    input: { name: 'x', scopes: ['predict'] },
    outcomes: onlyInBrowser,
    inBrowser: ['ok', 'sees', 'ok'],
  },
  'keys.list': { input: { of: 'everybody' }, outcomes: onlyInBrowser, inBrowser: ['ok', 'sees', 'sees'] },
  'keys.revoke': {
    makeInput: async ({ createKeyId }) => ({ id: await createKeyId() }),
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
  'clients.revoke': {
    makeInput: async ({ createClientId }) => ({ id: await createClientId() }),
    outcomes: onlyAdmin,
  },
  'datasets.create': {
    input: { name: 'x', rows: [{ a: 1 }] },
    outcomes: /*                        */ [401, 401, 403, 'ok', 'ok', 'ok', 'ok'],
  },
  'datasets.list': { input: {}, outcomes: [401, 401, 403, 'ok', 'ok', 'sees', 'sees'] },
  'datasets.get': { makeInput: ({ datasetId }) => ({ id: datasetId }), outcomes: mineSeen },
  'datasets.update': {
    makeInput: ({ datasetId, owner }) => ({ id: datasetId, name: owner.name }),
    outcomes: mineSeen,
  },
  'datasets.delete': {
    makeInput: async ({ insertDataset }) => ({ id: await insertDataset() }),
    outcomes: mineSeen,
  },
  'datasets.restore': {
    makeInput: async ({ insertDataset }) => ({ id: await insertDataset({ deletedAt: new Date() }) }),
    outcomes: mineSeen,
  },
  'datasets.versions': { makeInput: ({ datasetId }) => ({ id: datasetId }), outcomes: mine },
  'datasets.profile': { makeInput: ({ datasetId }) => ({ id: datasetId }), outcomes: mineSeen },
  'datasets.rows': { makeInput: ({ datasetId }) => ({ id: datasetId }), outcomes: mineSeen },
  'datasets.firstRows': { makeInput: ({ datasetId }) => ({ id: datasetId }), outcomes: mineSeen },
  'datasets.mapping': {
    makeInput: ({ datasetId }) => ({ id: datasetId, model: 'penguins' }),
    outcomes: mine,
  },
  'datasets.share': {
    makeInput: async ({ insertDataset, admin }) => ({ id: await insertDataset(), email: emailOf(admin) }),
    outcomes: mine,
  },
  'datasets.unshare': {
    makeInput: async ({ insertDataset, admin }) => ({
      id: await insertDataset({ isShared: true }),
      userId: admin.id,
    }),
    outcomes: mine,
  },
  'datasets.leave': {
    makeInput: async ({ insertDataset }) => ({ id: await insertDataset({ isShared: true }) }),
    outcomes: /*                        */ [401, 401, 403, 404, 404, 409, 'sees'],
  },
  'datasets.shares': { makeInput: ({ datasetId }) => ({ id: datasetId }), outcomes: mine },
  'jobs.predictDataset': {
    makeInput: ({ datasetId }) => ({ datasetId, model: 'penguins' }),
    outcomes: mineSeen,
  },
  'jobs.checkDataset': {
    makeInput: ({ datasetId }) => ({ datasetId, model: 'penguins' }),
    outcomes: mineSeen,
  },
  'jobs.predictInputs': {
    input: { model: 'spam', inputs: [{ text: 'x' }] },
    outcomes: /*                        */ [401, 401, 403, 'ok', 'ok', 'ok', 'ok'],
  },
  'jobs.list': { input: {}, outcomes: [401, 401, 403, 'ok', 'ok', 'sees', 'sees'] },
  'jobs.get': { makeInput: async ({ insertJob }) => ({ id: await insertJob() }), outcomes: mineSeen },
  'jobs.cancel': { makeInput: async ({ insertJob }) => ({ id: await insertJob() }), outcomes: mineSeen },
  'jobs.pause': { makeInput: async ({ insertJob }) => ({ id: await insertJob() }), outcomes: mineSeen },
  'jobs.resume': { makeInput: async ({ insertJob }) => ({ id: await insertJob() }), outcomes: mineSeen },
  'jobs.retryFailed': {
    makeInput: async ({ insertJob }) => ({ id: await insertJob({ hasFailed: true }) }),
    outcomes: mineSeen,
  },
  'jobs.schedules.create': {
    makeInput: ({ datasetId }) => ({ cron: '0 3 * * *', job: { datasetId, model: 'penguins' } }),
    outcomes: mine,
  },
  'jobs.schedules.list': { outcomes: [401, 401, 403, 'ok', 'ok', 'ok', 'ok'] },
  'jobs.schedules.delete': {
    makeInput: async ({ insertSchedule }) => ({ id: await insertSchedule() }),
    outcomes: mine,
  },
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
