import type { FastifyInstance } from 'fastify';
import { reachOf } from '../auth/principal.ts';
import { abortSignalOf } from './abort-signal.ts';
import { receiveUpload, type UploadLimits } from './dataset-upload.ts';
import type { OnRequest } from './identification.ts';
import { goAtOwnPace } from './own-pace.ts';
import type { CreateContext } from './request-context.ts';
import { scopeCheck } from './scope-check.ts';

interface Options {
  readonly createContext: CreateContext;
  /** Finds out who is calling. */
  readonly identify: OnRequest;
  readonly limits: UploadLimits;
}

/**
 * Datasets as files that come in: `POST /datasets/upload`. A stream of any size, so it does not go through a procedure;
 * who may call is settled before a byte of a body is read. What leaves is at export-door.ts.
 */
export async function uploadDoor(
  server: FastifyInstance,
  { createContext, identify, limits }: Options,
): Promise<void> {
  server.addHook('onRequest', identify);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

  server.post('/datasets/upload', { onRequest: scopeCheck('datasets:write') }, async (request, reply) => {
    using _pace = goAtOwnPace(request);
    const ctx = createContext(request, reply, 'rest');
    const dataset = await receiveUpload(request, {
      datasets: ctx.services.datasets,
      caller: { ...ctx, reach: reachOf(ctx.principal) },
      idempotencyKey: ctx.idempotencyKey,
      signal: abortSignalOf(reply),
      limits,
    });
    return reply
      .code(201)
      .header('location', `/api/v1/datasets/${dataset.id}`)
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify(dataset));
  });
}
