import { DeadlineTimer } from './deadline-timer.ts';
import { deadlineExceeded, requestCancelled } from './engine-errors.ts';
import type { Answer, Caller, Flight } from './flight.ts';

interface Visit {
  readonly acceptedAt: number;
  readonly deadlineAt: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Keeps the callers until their flight is answered, their deadline passes or they go away, whichever is first; each
 * gets exactly one of these. Leaves no timer and no listener behind.
 *
 * @param onDeserted - the last caller of a flight has left it unanswered
 */
export function createWaitingRoom({ onDeserted }: { readonly onDeserted: (flight: Flight) => void }) {
  const deadlines = new DeadlineTimer<Caller>((caller) => leave(caller, lateError(caller)));
  let onEmpty: (() => void)[] = [];

  return { wait, answer, fail, failAll, isWanted, whenEmpty, count: () => deadlines.size };

  function wait(flight: Flight, { acceptedAt, deadlineAt, signal }: Visit): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onAbort = () => leave(caller, requestCancelled());
      const caller: Caller = { flight, acceptedAt, deadlineAt, signal, onAbort, resolve, reject };
      flight.callers.add(caller);
      deadlines.add(caller);
      signal?.addEventListener('abort', onAbort);
    });
  }

  /** The flight's output, to all who still wait for it. */
  function answer(flight: Flight, { output, batchSize, computeMs }: Omit<Answer, 'queueMs'>): void {
    for (const caller of flight.callers) {
      // one who joined when the run was under way has not queued
      const queueMs = Math.max(0, flight.startedAt - caller.acceptedAt);
      caller.resolve({ output, batchSize, queueMs, computeMs });
      forget(caller);
    }
  }

  function fail(flight: Flight, error: Error): void {
    for (const caller of flight.callers) {
      caller.reject(error);
      forget(caller);
    }
  }

  /** Sends everybody away. */
  function failAll(error: Error): void {
    for (const caller of deadlines.items()) leave(caller, error);
  }

  /** Whether anybody waits for the flight, not counting those whose deadline the busy timer has yet to see. */
  function isWanted(flight: Flight): boolean {
    const now = performance.now();
    for (const caller of flight.callers) if (caller.deadlineAt <= now) leave(caller, lateError(caller));
    return flight.callers.size > 0;
  }

  function whenEmpty(): Promise<void> {
    return deadlines.size === 0 ? Promise.resolve() : new Promise((resolve) => onEmpty.push(resolve));
  }

  function leave(caller: Caller, error: Error): void {
    caller.reject(error);
    forget(caller);
    if (caller.flight.callers.size === 0) onDeserted(caller.flight);
  }

  function forget(caller: Caller): void {
    caller.flight.callers.delete(caller);
    deadlines.delete(caller);
    caller.signal?.removeEventListener('abort', caller.onAbort);
    if (deadlines.size > 0 || onEmpty.length === 0) return;
    for (const resolve of onEmpty) resolve();
    onEmpty = [];
  }
}

function lateError({ acceptedAt }: Caller): Error {
  return deadlineExceeded(performance.now() - acceptedAt);
}
