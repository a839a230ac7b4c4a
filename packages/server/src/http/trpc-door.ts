import type { AnyTRPCRouter } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { toAppError } from '../to-app-error.ts';
import { abortSignalOf } from './abort-signal.ts';
import { errorHeaders } from './error-headers.ts';
import type { FormLimits } from './form-limits.ts';
import type { OnRequest } from './identification.ts';
import type { CreateContext } from './request-context.ts';
import { logFailure } from './server.ts';
import { trpcBodyChecks } from './trpc-bodies.ts';
import { trpcEarlyRefusal } from './trpc-early-refusal.ts';
import { trpcErrors } from './trpc-errors.ts';
import { trpcJsonHandler } from './trpc-json.ts';

export interface TrpcDoorOptions {
  readonly router: AnyTRPCRouter;
  readonly createContext: CreateContext;
  /** Finds out who is calling. */
  readonly identify: OnRequest;
  readonly limits: FormLimits & { readonly jsonDepthMax: number };
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
  { router, createContext, identify, limits, hasShortWay = true }: TrpcDoorOptions,
): Promise<void> {
  server.addHook('onRequest', identify);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const sendError = trpcErrors(router._def._config);
  // what fails before a procedure is reached is said in tRPC's shape too: its clients read no other
  server.setErrorHandler((thrown, request, reply) =>
    sendError(request, reply, toAppError(thrown, request.routeOptions)),
  );
  const refuseNow = trpcEarlyRefusal({ router, services: createContext.services, sendError });

  const checkBody = trpcBodyChecks({ ...limits, callsPerBatchMax, procedures: router._def.procedures });
  const sendJson = trpcJsonHandler({
    router,
    callsPerBatchMax,
    createContext: (request, reply) => createContext(request, reply, 'trpc'),
    onError: (request, error) => logFailure(request, toAppError(error)),
  });
  server.all('/trpc/:path', { onRequest: refuseNow }, async (request, reply) => {
    checkBody(request);
    if (hasShortWay && (await sendJson(request, reply))) return reply;
    const response = await fetchRequestHandler({
      endpoint: '/trpc',
      router,
      req: toFetchRequest(request, reply),
      createContext: () => createContext(request, reply, 'trpc'),
      maxBatchSize: callsPerBatchMax,
      onError: ({ error }) => logFailure(request, toAppError(error)),
      responseMeta({ errors, paths }) {
        request.logFields.procedures = paths?.join().slice(0, 200);
        return { headers: errorHeaders(errors.map((error) => toAppError(error))) };
      },
    });
    // of what it refuses before it knows the call, the handler does not say that it is JSON
    if (!response.ok) response.headers.set('content-type', 'application/json');
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
