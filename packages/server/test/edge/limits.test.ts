import { problemSchema } from '@oriel/schemas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drawOne, gentoo } from '../support/inputs.ts';
import { openRaw } from '../support/raw-http.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({
    ORIEL_BODY_BYTES_MAX: '65536',
    ORIEL_JSON_DEPTH_MAX: '16',
    ORIEL_FORM_PARTS_MAX: '3',
    ORIEL_FORM_FIELD_BYTES_MAX: '1000',
    ORIEL_URL_CHARS_MAX: '1000',
    ORIEL_HEADER_BYTES_MAX: '4096',
    ORIEL_HEADERS_MAX: '30',
  });
});
afterAll(() => app.close());

const predict = '/api/v1/models/penguins/predict';
const readDigit = '/api/v1/models/digits/predict';
const json = { 'content-type': 'application/json' };
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** The problem that an answer of either door carries. */
function problemIn(body: unknown) {
  const trpc = body as { error?: { json: { data: { problem: unknown } } } };
  return problemSchema.parse(trpc.error?.json.data.problem ?? body);
}

describe('JSON that is too deep is refused before it is parsed', () => {
  const tooDeep = { code: 'INPUT_INVALID', issues: [{ path: [], rule: 'too_deep' }] };

  test.each([
    ['a body over REST', predict, { method: 'POST', headers: json, body: nested(17) }],
    [
      'a body over tRPC',
      '/trpc/models.penguins.predict',
      { method: 'POST', headers: json, body: `{"json":${nested(18)}}` },
    ],
    ['a query over tRPC', `/trpc/models.list?input=${encodeURIComponent(`{"json":${nested(18)}}`)}`, {}],
  ])('%s', async (_name, path, init) => {
    const { status, body } = await app.send(path, init);
    expect([status, problemIn(body)]).toMatchObject([400, tooDeep]);
  });

  test('as deep as allowed, the contract judges it, at both doors', async () => {
    const rest = await app.send(predict, { method: 'POST', headers: json, body: nested(16) });
    const trpc = await app.send('/trpc/models.penguins.predict', {
      method: 'POST',
      headers: json,
      body: `{"json":${nested(16)}}`,
    });
    for (const { body } of [rest, trpc]) expect(problemIn(body).issues?.[0]?.rule).toBe('invalid_type');
  });
});

describe.each([readDigit, '/trpc/models.digits.predict'])('forms at %s', (path) => {
  const send = (fields: readonly (readonly [string, string | Blob])[]) => {
    const form = new FormData();
    for (const [name, value] of fields) form.append(name, value);
    return app.send(path, { method: 'POST', body: form });
  };
  const image = ['image', new Blob([drawOne()], { type: 'image/png' })] as const;

  test('an image larger than a field may be is a file, and is read', async () => {
    expect((await send([image])).status).toBe(200);
  });

  test('too many parts', async () => {
    const { status, body } = await send([image, ['a', '1'], ['b', '2'], ['c', '3']]);
    expect([status, problemIn(body)]).toMatchObject([400, { issues: [{ rule: 'too_many_parts' }] }]);
  });

  test('a field too large', async () => {
    const { status, body } = await send([['note', 'x'.repeat(1001)], image]);
    expect([status, problemIn(body)]).toMatchObject([400, { issues: [{ path: ['note'], rule: 'too_big' }] }]);
  });

  test('a field just as large as allowed is left to the contract', async () => {
    const { body } = await send([['note', 'x'.repeat(1000)], image]);
    expect(problemIn(body).issues?.[0]?.rule).toBe('unrecognized_keys');
  });
});

describe('a request is refused for its size alone', () => {
  test.each([`/api/v1/models?x=${'x'.repeat(1000)}`, `/api/v1/models/${'x'.repeat(1000)}`])(
    'URL too long',
    async (path) => {
      const { status, body } = await app.send(path);
      expect([status, problemIn(body).code]).toEqual([414, 'URL_TOO_LONG']);
    },
  );

  test('a URL that is none', async () => {
    const { status, body, headers } = await app.send('/api/v1/models/%zz');
    expect([status, problemIn(body).code]).toEqual([400, 'BODY_MALFORMED']);
    expect(headers.get('x-request-id')).toBe(problemIn(body).requestId);
  });

  test('too many headers', async () => {
    const headers = Object.fromEntries(Array.from({ length: 31 }, (_, i) => [`x-${i}`, '1']));
    const { status, body } = await app.send('/api/v1/models', { headers });
    expect([status, problemIn(body).code]).toEqual([431, 'HEADERS_TOO_LARGE']);
  });

  test('headers too large together', async () => {
    const { status, headers, body } = await app.send('/api/v1/models', {
      headers: { 'x-y': 'y'.repeat(5000) },
    });
    expect([status, problemIn(body).code]).toEqual([431, 'HEADERS_TOO_LARGE']);
    expect(headers.get('x-request-id')).toBe(problemIn(body).requestId);
  });
});

test.each([predict, '/trpc/models.penguins.predict'])(
  'a body far too large at %s is told so, not cut off in the middle of sending',
  async (path) => {
    const body = Buffer.alloc(30_000_000, 'x');
    const chunked = () => new Blob([body]).stream();
    for (const init of [{ body }, { body: chunked(), duplex: 'half' }]) {
      const answer = await app.send(path, { method: 'POST', headers: json, ...init });
      const problem = problemIn(answer.body);
      expect([answer.status, problem.code]).toEqual([413, 'BODY_TOO_LARGE']);
      expect(problem.detail).toMatch(/larger than the \d+ bytes that this server accepts/);
    }
  },
);

describe('a request that arrives too slowly', () => {
  let own: typeof app;
  beforeAll(async () => {
    own = await startTestApp({ ORIEL_HEADERS_MS_MAX: '300', ORIEL_REQUEST_MS_MAX: '600' });
  });
  afterAll(() => own.close());

  test.each([
    ['headers that never end', 'GET /api/v1/models HTTP/1.1\r\nhost: oriel\r\n'],
    [
      'a body that never ends',
      `POST ${predict} HTTP/1.1\r\nhost: oriel\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`,
    ],
  ])('%s', async (_name, text) => {
    const connection = await openRaw(own.url);
    connection.send(text);
    const answer = await connection.readAll();
    expect([answer?.status, problemIn(JSON.parse(answer?.body ?? '')).code]).toEqual([
      408,
      'REQUEST_TIMEOUT',
    ]);
  });
});

test.each([
  ['no HTTP', 'hello\r\n\r\n'],
  [
    'two lengths, as smugglers send',
    `POST ${predict} HTTP/1.1\r\nhost: oriel\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
])('%s is answered with a problem and a closed connection', async (_name, text) => {
  const connection = await openRaw(app.url);
  connection.send(text);
  const answer = await connection.readAll();
  expect(answer).toMatchObject({
    status: 400,
    headers: { connection: 'close', 'x-content-type-options': 'nosniff' },
  });
  expect(problemIn(JSON.parse(answer?.body ?? '')).code).toBe('BODY_MALFORMED');
});

test('one connection too many is told so, and served once another has gone', async () => {
  const request = 'GET /health/live HTTP/1.1\r\nhost: oriel\r\nconnection: close\r\n\r\n';
  const own = await startTestApp({ ORIEL_CONNECTIONS_MAX: '2', ORIEL_HEADERS_MS_MAX: '60000' });
  try {
    const held = [await openRaw(own.url), await openRaw(own.url)];
    const surplus = await openRaw(own.url);
    surplus.send(request);
    const refused = await surplus.readAll();
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1', connection: 'close' } });
    expect(problemIn(JSON.parse(refused?.body ?? '')).code).toBe('SERVER_OVERLOADED');

    held[0]?.send(request);
    expect(await held[0]?.readAll()).toMatchObject({ status: 200 });
    const next = await openRaw(own.url);
    next.send(request);
    expect(await next.readAll()).toMatchObject({ status: 200 });
    held[1]?.close();
  } finally {
    await own.close();
  }
});

test('within all limits, a prediction works', async () => {
  expect((await app.post(predict, gentoo)).status).toBe(200);
});
