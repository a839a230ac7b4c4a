import fc from 'fast-check';
import type Fastify from 'fastify';
import type { FastifyReply, FastifyRequest, InjectOptions } from 'fastify';
import { pino } from 'pino';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { anonymousPrincipal } from '../auth/principal.ts';
import { readConfig } from '../config.ts';
import { AppError } from '../errors.ts';
import type { Context } from '../trpc/context.ts';
import { open, router } from '../trpc/procedures.ts';
import { RequestExchange } from './exchange.ts';
import { createHttpServer } from './server.ts';
import { trpcDoor } from './trpc-door.ts';

const testRouter = router({
  birds: {
    echo: open.input(z.unknown()).mutation(({ input }) => ({ input })),
    find: open
      .input(z.strictObject({ name: z.string().min(2) }).optional())
      .query(({ input }) => ({ found: input?.name ?? null })),
    date: open.query(() => ({ at: new Date(0), none: undefined })),
    fail: open.input(z.unknown()).mutation(() => {
      throw new Error('secret');
    }),
    full: open.mutation(() => {
      throw new AppError('ENGINE_OVERLOADED', 'full', { retryAfterS: 7 });
    }),
  },
});

// the test's procedures call no service
const services = undefined as never;

async function createServer(hasShortWay: boolean) {
  const server = await createHttpServer({
    logger: pino({ level: 'silent' }),
    config: readConfig({ ORIEL_BODY_BYTES_MAX: '100000' }),
    isStopping: () => false,
    onAnswered: () => undefined,
  });
  await server.register(trpcDoor, {
    router: testRouter,
    hasShortWay,
    limits: readConfig({}),
    identify(request, _reply, done) {
      request.principal = anonymousPrincipal(true);
      done();
    },
    createContext: Object.assign(
      (request: FastifyRequest, reply: FastifyReply): Context => ({
        requestId: request.id,
        door: 'trpc',
        principal: request.principal,
        startedAt: 0,
        deadlineAt: 1,
        idempotencyKey: undefined,
        exchange: new RequestExchange(request, reply),
        services,
      }),
      { services },
    ),
  });
  return server;
}

const [short, official] = await Promise.all([createServer(true), createServer(false)]);
afterAll(() => Promise.all([short.close(), official.close()]));

async function answer(server: ReturnType<typeof Fastify>, request: InjectOptions) {
  const { statusCode, headers, body } = await server.inject({
    ...request,
    headers: { ...request.headers, 'x-request-id': 'r' },
  });
  const {
    date: _date,
    connection: _connection,
    'keep-alive': _keepAlive,
    'transfer-encoding': _encoding,
    'content-length': _length,
    ...rest
  } = headers;
  // Fastify adds the charset, which JSON has anyway, to texts but not to streams
  const type = String(rest['content-type']).replace('; charset=utf-8', '');
  return { statusCode, headers: { ...rest, 'content-type': type }, body };
}

const json = { 'content-type': 'application/json' };
const paths = [
  'birds.echo',
  'birds.find',
  'birds.date',
  'birds.fail',
  'birds.full',
  'birds.none',
  'birds',
  'toString',
  '',
];
const inputs = fc.oneof(
  {
    arbitrary: fc.record({ json: fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.record({ name: fc.string() })) }),
    weight: 6,
  },
  fc.constant({ json: { at: '1970-01-01T00:00:00.000Z' }, meta: { values: { at: ['Date'] } } }),
  fc.jsonValue({ maxDepth: 1 }),
);
const bodies = fc.oneof(
  { arbitrary: inputs.map((input) => JSON.stringify(input)), weight: 9 },
  fc.constantFrom('', '{', 'null', '[]'),
);

const single = fc
  .record({
    path: fc.constantFrom(...paths),
    body: bodies,
    method: fc.constantFrom('GET', 'POST', 'PUT', 'HEAD'),
  })
  .map(
    ({ path, body, method }): InjectOptions =>
      method === 'GET'
        ? { method, url: `/trpc/${path}?input=${encodeURIComponent(body)}` }
        : { method, url: `/trpc/${path}`, payload: body, headers: json },
  );
const batch = fc
  .record({
    calls: fc.array(fc.tuple(fc.constantFrom(...paths), inputs), { minLength: 1, maxLength: 4 }),
    method: fc.constantFrom('GET', 'POST'),
  })
  .map(({ calls, method }): InjectOptions => {
    const url = `/trpc/${calls.map(([path]) => path).join(',')}?batch=1`;
    const body = JSON.stringify(Object.fromEntries(calls.map(([, input], i) => [i, input])));
    return method === 'GET'
      ? { method, url: `${url}&input=${encodeURIComponent(body)}` }
      : { method: 'POST', url, payload: body, headers: json };
  });

describe('the short way and the official handler', () => {
  test.each([
    ['single calls', single],
    ['batches', batch],
  ])('write the same status, headers and bytes: %s', async (_name, requests) => {
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const [ours, theirs] = [await answer(short, request), await answer(official, request)];
        expect(ours).toEqual(theirs);
        statuses.add(ours.statusCode);
      }),
      { numRuns: 400 },
    );
    // a test that saw one kind of answer would show nothing
    expect(statuses).toContain(200);
    expect(statuses.size).toBeGreaterThan(3);
  });

  test.each([
    [
      'other content types',
      { method: 'POST', url: '/trpc/birds.echo', payload: 'x', headers: { 'content-type': 'text/plain' } },
    ],
    [
      'a charset',
      {
        method: 'POST',
        url: '/trpc/birds.echo',
        payload: '{"json":1}',
        headers: { 'content-type': 'application/json; charset=utf-8' },
      },
    ],
    [
      'bytes',
      {
        method: 'POST',
        url: '/trpc/birds.echo',
        payload: 'x',
        headers: { 'content-type': 'application/octet-stream' },
      },
    ],
    [
      'a batch that is too large',
      { method: 'GET', url: `/trpc/${Array(51).fill('birds.find').join(',')}?batch=1` },
    ],
    [
      'a path with an escape',
      { method: 'POST', url: '/trpc/birds%2Eecho', payload: '{"json":1}', headers: json },
    ],
    ['an input on a mutation by GET', { method: 'GET', url: '/trpc/birds.echo?input=%7B%7D' }],
  ] satisfies [string, InjectOptions][])('agree on %s', async (_name, request) => {
    expect(await answer(short, request)).toEqual(await answer(official, request));
  });

  test('a refusal says when to come again', async () => {
    const { statusCode, headers } = await answer(short, {
      method: 'POST',
      url: '/trpc/birds.full',
      payload: '{}',
      headers: json,
    });
    expect([statusCode, headers['retry-after']]).toEqual([503, '7']);
  });
});
