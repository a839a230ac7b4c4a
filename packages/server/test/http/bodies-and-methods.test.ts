import { gzipSync } from 'node:zlib';
import { problemSchema } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMember } from '../jobs/support.ts';
import { gentoo } from '../support/inputs.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let app: TestApp;
let member: Awaited<ReturnType<typeof createMember>>;
beforeAll(async () => {
  app = await startTestApp();
  member = await createMember(app);
});
afterAll(() => app.close());

const predict = '/api/v1/models/penguins/predict';
const readDigit = '/api/v1/models/digits/predict';
const json = { 'content-type': 'application/json' };
const unknownJob = '/api/v1/jobs/00000000-0000-7000-8000-000000000000';

/** The problem that an answer of either door carries. */
async function problemOf(path: string, init: RequestInit) {
  const { body, headers } = await app.send(path, init);
  const trpc = body as { error?: { json: { data: { problem: unknown } } } };
  return { headers, problem: problemSchema.parse(trpc.error?.json.data.problem ?? body) };
}

describe('a method that a path does not take', () => {
  test.each([
    ['GET', predict, 'POST'],
    ['PUT', '/api/v1/models/spam', 'GET, HEAD'],
    ['OPTIONS', '/api/v1/models', 'GET, HEAD'],
    ['POST', `${unknownJob}/`, 'GET, HEAD'],
    ['PUT', '/api/v1/datasets/x', 'DELETE, GET, HEAD, PATCH'],
    ['PUT', '/api/v1/datasets/x/export', 'GET, HEAD, POST'],
    ['POST', `${unknownJob}/events`, 'GET, HEAD'],
    ['GET', '/oauth/token', 'POST'],
    ['POST', '/health/live', 'GET, HEAD'],
  ])('405: %s %s', async (method, path, allow) => {
    const { headers, problem } = await problemOf(path, { method });
    expect(problem).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(problem.detail).toBe(`${path} takes ${allow}, not ${method}.`);
    expect(headers.get('allow')).toBe(allow);
  });

  test.each(['/api/v1/models/unicorns/predict', '/api/v1/models//predict', '/api/v1', '/nothing'])(
    '404: where there is no such path at all: %s',
    async (path) => {
      const { headers, problem } = await problemOf(path, { method: 'PUT' });
      expect(problem).toMatchObject({ status: 404, code: 'ROUTE_NOT_FOUND' });
      expect(headers.get('allow')).toBeNull();
    },
  );
});

test.each([
  [404, 'ROUTE_NOT_FOUND', '/api/v1/nothing', 'POST'],
  [405, 'METHOD_NOT_ALLOWED', '/api/v1/models/spam', 'PUT'],
])('%i: comes before what is wrong with the body', async (status, code, path, method) => {
  const bodies = ['{', `"${'x'.repeat(11_000_000)}"`];
  for (const body of bodies)
    expect(await app.send(path, { method, headers: json, body })).toMatchObject({ status, body: { code } });
});

describe('a body of a type that is not read', () => {
  test.each([
    [predict, 'application/xml', 'send it with content-type application/json.'],
    [predict, 'text/plain', 'send it with content-type application/json.'],
    [
      readDigit,
      'application/x-www-form-urlencoded',
      'application/json, or a file as image/png, image/jpeg, image/webp or in a form.',
    ],
  ])('415: says what is: %s of %s', async (path, type, expected) => {
    const { problem } = await problemOf(path, {
      method: 'POST',
      headers: { 'content-type': type },
      body: 'a=1',
    });
    expect(problem).toMatchObject({ status: 415, code: 'MEDIA_TYPE_UNSUPPORTED' });
    expect(problem.detail).toContain(expected);
  });

  test('400: JSON for a token, in the words of OAuth', async () => {
    const { status, body } = await app.post('/oauth/token', { grant_type: 'client_credentials' });
    const error_description = 'Send a form: application/x-www-form-urlencoded.';
    expect([status, body]).toEqual([400, { error: 'invalid_request', error_description }]);
  });

  test.each([
    ['REST', predict, gentoo],
    ['tRPC', '/trpc/models.penguins.predict', { json: gentoo }],
  ])('415: packed, over %s', async (_door, path, input) => {
    const { problem } = await problemOf(path, {
      method: 'POST',
      headers: { ...json, 'content-encoding': 'gzip' },
      body: new Uint8Array(gzipSync(JSON.stringify(input))),
    });
    expect(problem).toMatchObject({ status: 415, code: 'MEDIA_TYPE_UNSUPPORTED' });
    expect(problem.detail).toBe('The content-encoding "gzip" is not read here: send the body as it is.');
  });
});

test.each([
  ['REST', '/api/v1/models/spam/predict', '{"body":"caf\xe9"}'],
  ['tRPC', '/trpc/models.spam.predict', '{"json":{"body":"caf\xe9"}}'],
])('400: JSON that is not UTF-8 is not guessed at, over %s', async (_door, path, latin1) => {
  const send = (encoding: BufferEncoding) =>
    app.send(path, { method: 'POST', headers: json, body: new Uint8Array(Buffer.from(latin1, encoding)) });
  const { status, text } = await send('latin1');
  expect([status, text]).toEqual([400, expect.stringContaining('BODY_MALFORMED')]);
  expect((await send('utf8')).status).toBe(200);
});

test.each(['application/json', 'application/x-www-form-urlencoded'])(
  'where no body is needed, none is read, whatever its type: %s',
  async (type) => {
    const headers = { ...member.headers, 'content-type': type };
    const cancelled = await app.send(`${unknownJob}/cancel`, { method: 'POST', headers, body: '' });
    expect(cancelled).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    const deleted = await app.send('/api/v1/datasets/x', { method: 'DELETE', headers });
    expect(deleted).toMatchObject({
      status: 400,
      body: { code: 'INPUT_INVALID', issues: [{ path: ['id'] }] },
    });
    const predicted = await app.send(predict, { method: 'POST', headers, body: '' });
    expect(predicted).toMatchObject({ status: 400, body: { code: 'INPUT_INVALID' } });
  },
);

describe('the query of a job', () => {
  test.each(['waitS=1&waitS=2', 'revision=1&revision=2', 'revision=new', 'waits=20'])(
    '400: %s',
    async (query) => {
      const answer = await app.send(`${unknownJob}?${query}`, { headers: member.headers });
      expect(answer).toMatchObject({ status: 400, body: { code: 'INPUT_INVALID' } });
    },
  );

  test('400: events after two at once', async () => {
    const path = `${unknownJob}/events?lastEventId=1&lastEventId=2`;
    expect(await app.send(path, { headers: member.headers })).toMatchObject({
      status: 400,
      body: { issues: [{ path: ['lastEventId'], rule: 'repeated' }] },
    });
  });
});

describe('what tRPC refuses before it knows the call', () => {
  const refusals = [
    [
      'a batch of too many calls',
      `/trpc/${Array(51).fill('models.list').join()}?batch=1`,
      { method: 'GET' },
      'INPUT_INVALID',
      'The batch has 51 calls; it must have at most 50 calls.',
    ],
    [
      'a body without a type',
      '/trpc/models.penguins.predict',
      { method: 'POST' },
      'MEDIA_TYPE_UNSUPPORTED',
      'Missing content-type header',
    ],
  ] as const;
  test.each(refusals)('is JSON, and says so: %s', async (_what, path, init, code, detail) => {
    const { headers, problem } = await problemOf(path, init);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(problem).toMatchObject({ code, detail });
  });
});
