import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKey, createSession, createUser } from '../support/identities.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

// The database knows no NUL in texts: what would be stored or looked for with one is refused, by the name of its field.

const nul = 'a\0b';
const id = '01a1ff7a-9d8c-7000-9d9a-4792fcd4e420';

let app: TestApp;
let program: Record<string, string>;
let person: Record<string, string>;
beforeAll(async () => {
  app = await startTestApp();
  const user = await createUser(app, 'admin');
  const scopes = ['datasets:read', 'datasets:write', 'jobs:write', 'monitoring:read', 'admin'] as const;
  program = { ...(await createKey(app, user, { scopes: [...scopes] })).headers };
  person = await createSession(app, user);
});
afterAll(() => app.close());

test.each([
  ['the name of a dataset', 'name', '/datasets', { name: nul, rows: [{ a: 1 }] }],
  ['the key of a dataset', 'idempotencyKey', '/datasets', { idempotencyKey: nul, rows: [{ a: 1 }] }],
  ['the name of results', 'name', '/jobs/predict-dataset', { datasetId: id, model: 'penguins', name: nul }],
  [
    'the key of a job',
    'idempotencyKey',
    '/jobs/predict-dataset',
    { datasetId: id, model: 'penguins', idempotencyKey: nul },
  ],
  ['the name of a client', 'name', '/clients', { name: nul, scopes: ['predict'] }],
  ['the name of a user', 'name', '/users', { email: 'ada@example.com', name: nul }],
] as const)('400: %s', async (_what, field, path, body) => {
  const answer = await app.post(`/api/v1${path}`, body, program);
  expect(answer).toMatchObject({ status: 400, body: { code: 'INPUT_INVALID', issues: [{ path: [field] }] } });
});

test.each([['the name of an API key', 'name', '/keys', { name: nul, scopes: ['predict'] }]] as const)(
  '400: %s',
  async (_what, field, path, body) => {
    const answer = await app.post(`/api/v1${path}`, body, person);
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'INPUT_INVALID', issues: [{ path: [field] }] },
    });
  },
);

test('half of a character is told from no other, and keeps nothing from being stored', async () => {
  const half = 'a\ud800';
  const dataset = await app.post('/api/v1/datasets', { name: half, rows: [{ a: 1 }] }, program);
  const inputs = { inputs: [{ island: half, [half]: 1, [nul]: 1 }] };
  const later = { ...program, prefer: 'respond-async' };
  const job = await app.post('/api/v1/models/penguins/predict-many', inputs, later);
  expect([dataset.status, job.status]).toEqual([200, 202]);
  expect(dataset.body).toMatchObject({ name: 'a\uFFFD' });
});

test.each(['/predictions?model=a%00b', '/audit-events?actor=a%00b', '/datasets?text=a%00b'])(
  '400: %s',
  async (path) => {
    const answer = await app.send(`/api/v1${path}`, { headers: program });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INPUT_INVALID' } });
  },
);
