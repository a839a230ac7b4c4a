import type { AnyTRPCRouter } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toAppError } from '../to-app-error.ts';
import type { Context, Door } from '../trpc/context.ts';
import { abortSignalOf } from './abort-signal.ts';
import { logFailure } from './server.ts';
import { trpcJsonHandler } from './trpc-json.ts';

export interface TrpcDoorOptions {
  readonly router: AnyTRPCRouter;
  readonly createContext: (request: FastifyRequest, door: Door) => Context;
  /** False leaves every request to the official handler: the tests compare both. */
  readonly hasShortWay?: boolean;
}

/** Most calls in one HTTP batch. */
const callsPerBatchMax = 50;

/**
 * tRPC at `/trpc/*`. Bodies are read by Fastify, which bounds them, and handed to tRPC as they are: the official
 * plugin would read forms and bytes as streams without a bound.
 */
export async function trpcDoor(
  server: FastifyInstance,
  { router, createContext, hasShortWay = true }: TrpcDoorOptions,
): Promise<void> {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const sendJson = trpcJsonHandler({
    router,
    callsPerBatchMax,
    createContext: (request) => createContext(request, 'trpc'),
    onError: (request, error) => logFailure(request, toAppError(error)),
  });
  server.all('/trpc/:path', async (request, reply) => {
    if (hasShortWay && (await sendJson(request, reply))) return reply;
    const response = await fetchRequestHandler({
      endpoint: '/trpc',
      router,
      req: toFetchRequest(request, reply),
      createContext: () => createContext(request, 'trpc'),
      maxBatchSize: callsPerBatchMax,
      onError: ({ error }) => logFailure(request, toAppError(error)),
      responseMeta({ errors, paths }) {
        request.logFields.procedures = paths?.join().slice(0, 200);
        const retryAfterS = Math.max(0, ...errors.map((error) => toAppError(error).retryAfterS ?? 0));
        return retryAfterS > 0 ? { headers: { 'retry-after': String(retryAfterS) } } : {};
      },
    });
    return reply.send(response);
  });
}

function toFetchRequest(request: FastifyRequest, reply: FastifyReply): Request {
  const { method, body } = request;
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return new Request(new URL(request.url, 'http://localhost'), {
    method,
    headers,
    signal: abortSignalOf(reply),
    ...(method !== 'GET' &&
      method !== 'HEAD' &&
      body instanceof Uint8Array && { body: new Uint8Array(body) }),
  });
}
