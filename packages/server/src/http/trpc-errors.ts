import { type AnyTRPCRouter, TRPCError } from '@trpc/server';
import { getErrorShape, transformTRPCResponse } from '@trpc/server/unstable-core-do-not-import';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AppError, transportOfKind } from '../errors.ts';
import { errorHeaders } from './error-headers.ts';
import { lingerAfter } from './linger.ts';
import { logFailure } from './server.ts';

/** The call that failed, where it is known. */
interface FailedCall {
  readonly path: string;
  readonly isBatch: boolean;
}

export type SendTrpcError = ReturnType<typeof trpcErrors>;

/** Answers with an error in tRPC's shape without tRPC, which has to have read the body. */
export function trpcErrors(config: AnyTRPCRouter['_def']['_config']) {
  return (request: FastifyRequest, reply: FastifyReply, error: AppError, call?: FailedCall): FastifyReply => {
    logFailure(request, error);
    lingerAfter(error, reply);
    const { trpc, status } = transportOfKind[error.kind];
    const shape = getErrorShape({
      config,
      error: new TRPCError({ code: trpc, message: error.message, cause: error }),
      type: call ? 'mutation' : 'unknown',
      path: call?.path,
      input: undefined,
      ctx: { requestId: request.id },
    });
    const answer = transformTRPCResponse(config, { error: shape });
    return reply
      .code(status)
      .headers(errorHeaders([error]))
      .header('content-type', 'application/json')
      .send(JSON.stringify(call?.isBatch ? [answer] : answer));
  };
}
