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
        // not AbortSignal.timeout, which is there until its time has come, long after most calls are over
        const controller = new AbortController();
        const end = (reason: DOMException) => {
          observer.error(TRPCClientError.from(reason));
          controller.abort(reason);
        };
        const onAbort = () => end(aborted());
        if (op.signal?.aborted) return onAbort();
        op.signal?.addEventListener('abort', onAbort);
        const timer = setTimeout(() => end(late(timeoutMs)), timeoutMs);
        const subscription = next({ ...op, signal: controller.signal }).subscribe(observer);
        return () => {
          clearTimeout(timer);
          op.signal?.removeEventListener('abort', onAbort);
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
