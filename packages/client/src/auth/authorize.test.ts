import { type DefaultBodyType, HttpResponse, http, type StrictRequest } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { failureOf } from '../../test/failure-of.ts';
import { createClient } from '../create-client.ts';
import { hasErrorCode, isAbort, problemOf } from '../errors.ts';
import type { ClientAuth } from './authorize.ts';

const url = 'http://oriel.example';
const credentials = { clientId: 'nightly batch', clientSecret: 's3cret/with+signs:' };
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

interface TokenAnswer {
  readonly status?: number;
  readonly body: object;
}

/** A server that takes the tokens it gave last, and keeps what it was asked. */
function serveTokens({ lifeSeconds = 900 }: { lifeSeconds?: number } = {}) {
  const asked: { authorization: string | null; form: URLSearchParams }[] = [];
  const credentialsOfCalls: (string | null)[] = [];
  let accepted = '';
  let next: TokenAnswer | null = null;

  server.use(
    http.get(`${url}/.well-known/oauth-authorization-server`, () =>
      HttpResponse.json({ issuer: url, token_endpoint: `${url}/oauth/token` }),
    ),
    http.post(`${url}/oauth/token`, async ({ request }) => {
      asked.push({
        authorization: request.headers.get('authorization'),
        form: new URLSearchParams(await request.text()),
      });
      if (next) return HttpResponse.json(next.body, { status: next.status ?? 200 });
      accepted = `token-${asked.length}`;
      return HttpResponse.json({ access_token: accepted, token_type: 'Bearer', expires_in: lifeSeconds });
    }),
    http.all(`${url}/trpc/:paths`, ({ request }) => {
      const authorization = request.headers.get('authorization');
      credentialsOfCalls.push(authorization);
      return authorization === `Bearer ${accepted}` ? answerModels(request) : refuse(request);
    }),
  );
  return {
    asked,
    credentialsOfCalls,
    /** The token that was given last is not taken any more. */
    revoke: () => {
      accepted = 'none';
    },
    answerTokens: (answer: TokenAnswer | null) => {
      next = answer;
    },
  };
}

function answerModels(request: StrictRequest<DefaultBodyType>) {
  return answerEach(request, { result: { data: { json: { models: [] } } } }, 200);
}

function refuse(request: StrictRequest<DefaultBodyType>) {
  const problem = {
    type: '/docs/errors#unauthenticated',
    title: 'Not signed in',
    status: 401,
    detail: 'The access token is not valid.',
    code: 'UNAUTHENTICATED',
    requestId: 'r1',
  };
  const shape = { message: problem.detail, code: -32001, data: { httpStatus: 401, problem } };
  return answerEach(request, { error: { json: shape } }, 401);
}

function answerEach(request: StrictRequest<DefaultBodyType>, answer: object, status: number) {
  const { pathname, searchParams } = new URL(request.url);
  const answers = pathname.split(',').map(() => answer);
  return HttpResponse.json(searchParams.has('batch') ? answers : answer, { status });
}

/** All that a log might write of an error, its causes included. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.stack} ${error.message} ${JSON.stringify(error)} ${textOf(error.cause)}`;
}

/** A clock that only moves when a test says so. */
function stopClock() {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
}

describe('without credentials', () => {
  test('nothing is sent', async () => {
    const { credentialsOfCalls } = serveTokens();
    await failureOf(createClient({ url }).models.list.query());
    expect(credentialsOfCalls).toEqual([null]);
  });
});

describe('an API key', () => {
  test('goes with every request', async () => {
    const { credentialsOfCalls, asked } = serveTokens();
    const client = createClient({ url, auth: { apiKey: 'oriel_abc_def' } });
    await failureOf(client.models.list.query());
    await failureOf(client.models.digits.predict.mutate(new Uint8Array([1])));
    expect(credentialsOfCalls).toEqual(['Bearer oriel_abc_def', 'Bearer oriel_abc_def']);
    expect(asked).toEqual([]);
  });

  test.each(['', 'oriel_abc_def\n', 'oriel abc'])(
    '%j is none, which is said without repeating it',
    (apiKey) => {
      expect(() => createClient({ url, auth: { apiKey } })).toThrow(
        /^auth\.apiKey is no API key: .* in it\.$/,
      );
    },
  );
});

test.each([
  [{}],
  [null],
  ['Session'],
  [{ apiKey: undefined }],
  [{ clientId: 'nightly' }],
  [{ clientId: 'nightly', clientSecret: '' }],
])('%j says nobody, which is told when the client is made', (auth) => {
  // what only programs without types can do, e.g. where a variable is not set
  expect(() => createClient({ url, auth: auth as unknown as ClientAuth })).toThrow(/^auth must be /);
});

describe('a session', () => {
  test('sends the cookie, also to another origin', async () => {
    const modes: (RequestCredentials | undefined)[] = [];
    const client = createClient({
      url,
      auth: 'session',
      fetch: async (_input, init) => {
        modes.push(init?.credentials);
        return Response.json([{ result: { data: { json: { models: [] } } } }]);
      },
    });
    await client.models.list.query();
    expect(modes).toEqual(['include']);
  });
});

describe('client credentials', () => {
  test('get a token from the endpoint that the metadata names, and keep it', async () => {
    const { asked, credentialsOfCalls } = serveTokens();
    const client = createClient({
      url: `${url}/`,
      auth: { ...credentials, scopes: ['predict', 'jobs:read'] },
    });
    await client.models.list.query();
    await client.models.list.query();
    expect(credentialsOfCalls).toEqual(['Bearer token-1', 'Bearer token-1']);
    expect(asked).toHaveLength(1);
    expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({
      grant_type: 'client_credentials',
      scope: 'predict jobs:read',
    });
    // each part form-encoded on its own: the colon between them stays the only one
    expect(atob(asked[0]?.authorization?.replace('Basic ', '') ?? '')).toBe(
      'nightly+batch:s3cret%2Fwith%2Bsigns%3A',
    );
  });

  test('ask for no scope when none is named: the client’s own are meant', async () => {
    const { asked } = serveTokens();
    await createClient({ url, auth: credentials }).models.list.query();
    expect(asked[0]?.form.has('scope')).toBe(false);
  });

  test('are sent once for many calls that wait', async () => {
    const { asked, credentialsOfCalls } = serveTokens();
    const client = createClient({ url, auth: credentials });
    await Promise.all([
      client.models.list.query(),
      ...Array.from({ length: 20 }, (_, i) => client.models.digits.predict.mutate(new Uint8Array([i]))),
    ]);
    expect(credentialsOfCalls).toHaveLength(21);
    expect(asked).toHaveLength(1);
  });

  test.each([
    { lifeSeconds: 900, keptSeconds: 869, renewedSeconds: 870 },
    { lifeSeconds: 10, keptSeconds: 8, renewedSeconds: 9 },
  ])(
    'renew a token of $lifeSeconds s after $renewedSeconds s',
    async ({ lifeSeconds, keptSeconds, renewedSeconds }) => {
      stopClock();
      const start = Date.now();
      const { credentialsOfCalls } = serveTokens({ lifeSeconds });
      const client = createClient({ url, auth: credentials });
      await client.models.list.query();
      vi.setSystemTime(start + keptSeconds * 1000);
      await client.models.list.query();
      vi.setSystemTime(start + renewedSeconds * 1000);
      await client.models.list.query();
      expect(credentialsOfCalls).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
    },
  );

  test('renew a token that was refused before its time: once for all calls, which are sent again', async () => {
    const { asked, credentialsOfCalls, revoke } = serveTokens();
    const client = createClient({ url, auth: credentials });
    await client.models.list.query();
    revoke();
    await Promise.all(
      Array.from({ length: 5 }, (_, i) => client.models.digits.predict.mutate(new Uint8Array([i]))),
    );
    expect(credentialsOfCalls.filter((each) => each === 'Bearer token-2')).toHaveLength(5);
    expect(asked).toHaveLength(2);
  });

  test('do not try forever when new tokens are refused too', async () => {
    const { credentialsOfCalls, answerTokens } = serveTokens();
    answerTokens({ body: { access_token: 'never-good', token_type: 'Bearer', expires_in: 900 } });
    const error = await failureOf(createClient({ url, auth: credentials }).models.list.query());
    expect(problemOf(error)).toMatchObject({ code: 'UNAUTHENTICATED', requestId: 'r1' });
    expect(credentialsOfCalls).toHaveLength(2);
  });

  test('a wrong secret is a problem that says so, and never holds it', async () => {
    const { answerTokens, credentialsOfCalls } = serveTokens();
    const description = `No client has the secret "${credentials.clientSecret}".`;
    answerTokens({ status: 401, body: { error: 'invalid_client', error_description: description } });
    const error = await failureOf(createClient({ url, auth: credentials }).models.list.query());
    expect(problemOf(error)).toMatchObject({
      code: 'UNAUTHENTICATED',
      title: 'Not signed in',
      detail: 'There is no access token: invalid_client: No client has the secret "…". (401)',
    });
    expect(textOf(error)).not.toContain(credentials.clientSecret);
    expect(textOf(error)).not.toContain('Basic');
    expect(credentialsOfCalls).toEqual([]);
  });

  test('asked too often, they say so', async () => {
    const { answerTokens } = serveTokens();
    answerTokens({ status: 429, body: { error: 'slow_down' } });
    const error = await failureOf(createClient({ url, auth: credentials }).models.list.query());
    expect(hasErrorCode(error, 'RATE_LIMITED')).toBe(true);
  });

  test('a failure is not kept: the next call asks again', async () => {
    const { answerTokens } = serveTokens();
    const client = createClient({ url, auth: credentials });
    answerTokens({ status: 503, body: {} });
    const error = await failureOf(client.models.list.query());
    expect([problemOf(error), String(error)]).toEqual([null, expect.stringContaining('(503)')]);
    answerTokens(null);
    await expect(client.models.list.query()).resolves.toEqual({ models: [] });
  });

  test.each([
    ['no token', {}],
    ['a token of another type', { access_token: 'abc', token_type: 'DPoP' }],
    ['what no header may hold', { access_token: 'a\nb', token_type: 'Bearer' }],
  ])('an answer with %s is none', async (_name, body) => {
    const { answerTokens } = serveTokens();
    answerTokens({ body });
    const error = await failureOf(createClient({ url, auth: credentials }).models.list.query());
    expect(String(error)).toContain('no bearer token');
  });

  test('a server that is not there, or knows no tokens, is named', async () => {
    serveTokens();
    const metadata = `${url}/.well-known/oauth-authorization-server`;
    const client = createClient({ url, auth: credentials });
    server.use(http.get(metadata, () => new HttpResponse('<h1>Not found</h1>', { status: 404 })));
    expect(String(await failureOf(client.models.list.query()))).toContain(`${metadata} does not say where`);
    server.use(http.get(metadata, () => HttpResponse.error()));
    expect(String(await failureOf(client.models.list.query()))).toContain(`${url} does not answer`);
  });

  test('the secret does not leave HTTPS', async () => {
    const secure = 'https://oriel.example';
    server.use(
      http.get(`${secure}/.well-known/oauth-authorization-server`, () =>
        HttpResponse.json({ token_endpoint: 'http://oriel.example/oauth/token' }),
      ),
    );
    const error = await failureOf(createClient({ url: secure, auth: credentials }).models.list.query());
    expect(String(error)).toContain('is not HTTPS');
  });

  test('a call that is given up takes the token from nobody', async () => {
    const { asked } = serveTokens();
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    server.use(
      http.get(`${url}/.well-known/oauth-authorization-server`, async () => {
        await held;
        return HttpResponse.json({ token_endpoint: `${url}/oauth/token` });
      }),
    );
    const client = createClient({ url, auth: credentials });
    const controller = new AbortController();
    const impatient = failureOf(
      client.models.digits.predict.mutate(new Uint8Array([1]), { signal: controller.signal }),
    );
    const patient = client.models.digits.predict.mutate(new Uint8Array([2]));
    controller.abort();
    expect(isAbort(await impatient)).toBe(true);
    letGo();
    await patient;
    expect(asked).toHaveLength(1);
  });
});
