import type { AnyTRPCRouter } from '@trpc/server';
import type { Services } from '../services.ts';
import type { Meta } from '../trpc/procedures.ts';
import { earlyRefusalOf } from './early-refusal.ts';
import type { OnRequest } from './identification.ts';
import type { SendTrpcError } from './trpc-errors.ts';
import { isStreamWanted } from './trpc-json.ts';

interface Needs {
  readonly router: AnyTRPCRouter;
  readonly services: Services;
  readonly sendError: SendTrpcError;
}

/** Refuses a call of one procedure as the procedure would, see {@link earlyRefusalOf}; calls for several are read. */
export function trpcEarlyRefusal({ router, services, sendError }: Needs): OnRequest {
  const metas = new Map<string, Meta>();
  // tRPC types the values of this record no further
  for (const [path, { _def }] of Object.entries(router._def.procedures) as [
    string,
    { _def: { meta?: Meta } },
  ][])
    if (_def.meta) metas.set(path, _def.meta);

  return (request, reply, done) => {
    const { path } = request.params as { path: string };
    const meta = metas.get(path);
    // another method, or an answer that is a stream, is for the official handler
    const isPlain = request.method === 'POST' && !isStreamWanted(request.headers);
    const refusal = meta && isPlain ? earlyRefusalOf(meta, { request, services }) : null;
    if (!refusal) {
      done();
      return;
    }
    request.logFields.procedures = path;
    const isBatch = (request.query as { batch?: string }).batch === '1';
    sendError(request, reply.header('vary', 'trpc-accept, accept'), refusal, { path, isBatch });
  };
}
