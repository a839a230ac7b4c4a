import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createClient } from './create-client.ts';
import { hasErrorCode, isAbort, problemOf } from './errors.ts';

const url = 'http://oriel.example';
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

/** Answers every call with an empty list of models, and keeps the requests. */
function answerModels(): Request[] {
  const requests: Request[] = [];
  server.use(
    http.all(`${url}/trpc/:paths`, ({ request, params }) => {
      requests.push(request);
      const answers = String(params.paths)
        .split(',')
        .map(() => ({ result: { data: { json: { models: [] } } } }));
      return HttpResponse.json(new URL(request.url).searchParams.has('batch') ? answers : answers[0]);
    }),
  );
  return requests;
}

describe('createClient', () => {
  test('calls of one tick share one request', async () => {
    const requests = answerModels();
    const client = createClient({ url });
    await Promise.all([client.models.list.query(), client.models.list.query(), client.models.list.query()]);
    expect(requests).toHaveLength(1);
  });

  test('many calls are split, so that no batch exceeds what the server takes', async () => {
    const requests = answerModels();
    const client = createClient({ url: `${url}/` });
    await Promise.all(
      Array.from({ length: 120 }, () => client.models.penguins.predict.mutate({ island: 'Dream' })),
    );
    expect(requests.length).toBeGreaterThanOrEqual(3);
    for (const { url } of requests) expect(new URL(url).pathname.split(',').length).toBeLessThanOrEqual(50);
  });

  test('sends its headers with every request, and tells the server how long it waits', async () => {
    const requests = answerModels();
    const client = createClient({ url, timeoutMs: 1234, headers: async () => ({ 'x-team': 'birds' }) });
    await client.models.list.query();
    expect(requests[0]?.headers.get('x-team')).toBe('birds');
    expect(requests[0]?.headers.get('oriel-deadline-ms')).toBe('1234');
  });

  test('a file goes alone, as its bytes', async () => {
    const requests = answerModels();
    await createClient({ url }).models.digits.predict.mutate(new Uint8Array([1, 2, 3]));
    expect(requests[0]?.headers.get('content-type')).toBe('application/octet-stream');
    expect(new Uint8Array((await requests[0]?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(
      new Uint8Array([1, 2, 3]),
    );
  });

  test('a server that does not answer in time ends the call', async () => {
    server.use(http.all(`${url}/trpc/*`, () => new Promise<never>(() => undefined)));
    const error: unknown = await createClient({ url, timeoutMs: 20 })
      .models.list.query()
      .catch((thrown: unknown) => thrown);
    expect([isAbort(error), problemOf(error)]).toEqual([true, null]);
    expect(error).toMatchObject({ message: 'There was no answer within 20 ms.' });
  });

  test('a call that is over leaves no timer behind', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { promise: answer, resolve: onAnswer } = Promise.withResolvers<Response>();
    const call = createClient({ url, fetch: () => answer }).models.list.query();
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(1);
    onAnswer(Response.json([{ result: { data: { json: { models: [] } } } }]));
    await call;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a caller can end a call', async () => {
    server.use(http.all(`${url}/trpc/*`, () => new Promise<never>(() => undefined)));
    const controller = new AbortController();
    const call = createClient({ url }).models.list.query(undefined, { signal: controller.signal });
    controller.abort();
    expect(isAbort(await call.catch((thrown: unknown) => thrown))).toBe(true);
  });

  test('a caller can end one of the calls that share a request, and the others get their answers', async () => {
    const { promise: hasEnded, resolve: onEnded } = Promise.withResolvers<void>();
    server.use(
      http.all(`${url}/trpc/*`, async () => {
        await hasEnded;
        return HttpResponse.json([{ result: { data: { json: 1 } } }, { result: { data: { json: 2 } } }]);
      }),
    );
    const client = createClient({ url });
    const controller = new AbortController();
    const ended = client.models.list.query(undefined, { signal: controller.signal });
    const other = client.models.list.query();
    setTimeout(() => controller.abort(), 10);
    expect(isAbort(await ended.catch((thrown: unknown) => thrown))).toBe(true);
    onEnded();
    expect(await other).toBe(2);
  });

  test.each([0, -1, 2500.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])(
    'a timeout of %s ms is refused at once',
    (timeoutMs) => {
      expect(() => createClient({ url, timeoutMs })).toThrow(`it is ${timeoutMs}`);
    },
  );
});

describe('problemOf', () => {
  test('is null for what no Oriel server said', async () => {
    server.use(http.all(`${url}/trpc/*`, () => new HttpResponse('<h1>Bad gateway</h1>', { status: 502 })));
    const error: unknown = await createClient({ url })
      .models.list.query()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect([problemOf(error), problemOf(new Error('x')), problemOf(undefined)]).toEqual([null, null, null]);
  });

  test('is null for a document of another shape', async () => {
    const body = {
      error: {
        json: { message: 'no', code: -32600, data: { code: 'BAD_REQUEST', problem: { code: 'WHO_KNOWS' } } },
      },
    };
    server.use(http.all(`${url}/trpc/*`, () => HttpResponse.json([body], { status: 400 })));
    const error: unknown = await createClient({ url })
      .models.list.query()
      .catch((thrown: unknown) => thrown);
    expect([problemOf(error), hasErrorCode(error, 'INPUT_INVALID')]).toEqual([null, false]);
  });
});
