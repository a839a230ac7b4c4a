import { Transform } from 'node:stream';
import type { AnyTRPCRouter } from '@trpc/server';
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { toAppError } from '../to-app-error.ts';
import type { Context, Door } from '../trpc/context.ts';
import { logFailure } from './server.ts';

interface Options {
  readonly router: AnyTRPCRouter;
  readonly createContext: (request: FastifyRequest, door: Door) => Context;
}

/** Most calls in one HTTP batch. */
const callsPerBatchMax = 50;

/** tRPC at `/trpc/*`. A scope of its own: the official plugin replaces the parsers of JSON and forms. */
export async function trpcDoor(server: FastifyInstance, { router, createContext }: Options): Promise<void> {
  // before the plugin, or it finds no parser for bytes
  server.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  server.addHook('preParsing', (request, _reply, payload, done) => {
    // forms are handed on as a stream, which Fastify does not bound
    if (!request.headers['content-type']?.startsWith('multipart/form-data')) return done(null, payload);
    done(null, payload.pipe(boundedStream(request.routeOptions.bodyLimit)));
  });

  const trpcOptions: FastifyTRPCPluginOptions<AnyTRPCRouter>['trpcOptions'] = {
    router,
    createContext: ({ req }) => createContext(req, 'trpc'),
    maxBatchSize: callsPerBatchMax,
    onError: ({ error, req }) => logFailure(req, toAppError(error)),
    responseMeta({ errors, paths, ctx }) {
      const seconds = errors.map((error) => toAppError(error).retryAfterS ?? 0);
      const retryAfterS = Math.max(0, ...seconds);
      void paths;
      void ctx;
      return retryAfterS > 0 ? { headers: { 'retry-after': String(retryAfterS) } } : {};
    },
  };
  await server.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions });
}

function boundedStream(sizeBytesMax: number): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.byteLength;
      if (size <= sizeBytesMax) done(null, chunk);
      else done(new AppError('BODY_TOO_LARGE', `The request body is larger than ${sizeBytesMax} bytes.`));
    },
  });
}
