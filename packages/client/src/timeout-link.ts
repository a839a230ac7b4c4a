import type { TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';

/** Ends queries and mutations that take longer than `timeoutMs`; a subscription may last. */
export function timeoutLink<Router extends AnyTRPCRouter>(timeoutMs: number): TRPCLink<Router> {
  return () =>
    ({ op, next }) => {
      if (op.type === 'subscription') return next(op);
      const timeout = AbortSignal.timeout(timeoutMs);
      return next({ ...op, signal: op.signal ? AbortSignal.any([op.signal, timeout]) : timeout });
    };
}
