import { TRPCError } from '@trpc/server';
import { type AppError, transportOfKind } from '../errors.ts';

/** An expected failure in tRPC's words. It has no stack, as what it carries has none: see {@link AppError}. */
export function toTrpcError(error: AppError): TRPCError {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return new TRPCError({ code: transportOfKind[error.kind].trpc, message: error.message, cause: error });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Whether that has been done already. */
export function isSaidInTrpc(error: AppError, { cause, code }: TRPCError): boolean {
  return cause === error && code === transportOfKind[error.kind].trpc;
}
