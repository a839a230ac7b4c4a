import { TRPCClientError, type TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { observable } from '@trpc/server/observable';

/**
 * Ends queries and mutations that take longer than `timeoutMs`, or whose signal is aborted, each on its own: a request
 * that several calls share goes on for the others. A subscription may last.
 */
export function timeoutLink<Router extends AnyTRPCRouter>(timeoutMs: number): TRPCLink<Router> {
  return () =>
    ({ op, next }) => {
      if (op.type === 'subscription') return next(op);
      return observable((observer) => {
        const timeout = AbortSignal.timeout(timeoutMs);
        const signal = op.signal ? AbortSignal.any([op.signal, timeout]) : timeout;
        const onAbort = () =>
          observer.error(
            TRPCClientError.from(timeout.aborted && !op.signal?.aborted ? late(timeoutMs) : aborted()),
          );
        if (signal.aborted) return onAbort();
        signal.addEventListener('abort', onAbort);
        const subscription = next({ ...op, signal }).subscribe(observer);
        return () => {
          signal.removeEventListener('abort', onAbort);
          subscription.unsubscribe();
        };
      });
    };
}

function late(timeoutMs: number): DOMException {
  return new DOMException(`There was no answer within ${timeoutMs} ms.`, 'TimeoutError');
}

function aborted(): DOMException {
  return new DOMException('The call was aborted.', 'AbortError');
}
