import { DeadlineTimer } from './deadline-timer.ts';
import { deadlineExceeded, requestCancelled } from './engine-errors.ts';
import type { Prediction } from './engine-types.ts';
import type { Answer, Caller, Flight } from './flight.ts';

interface Visit {
  readonly acceptedAt: number;
  readonly deadlineAt: number;
  readonly signal: AbortSignal | undefined;
}

interface WaitingRoomOptions {
  /** The last caller of a flight has left it unanswered. */
  readonly onDeserted: (flight: Flight) => void;
  /** One caller's wait is over. */
  readonly onOver?: (flight: Flight, error: Error | null) => void;
}

export type WaitingRoom = ReturnType<typeof createWaitingRoom>;

/**
 * Keeps the callers until their flight is answered, their deadline passes or they go away, whichever is first; each
 * gets exactly one of these. Leaves no timer and no listener behind.
 */
export function createWaitingRoom({ onDeserted, onOver = () => {} }: WaitingRoomOptions) {
  const deadlines = new DeadlineTimer<Caller>((caller) => leave(caller, lateError(caller)));
  let onEmpty: (() => void)[] = [];

  return { wait, answer, fail, failAll, isWanted, listen, whenEmpty, count: () => deadlines.size };

  function wait(flight: Flight, { acceptedAt, deadlineAt, signal }: Visit): Promise<Prediction> {
    return new Promise((resolve, reject) => {
      const caller: Caller = { flight, acceptedAt, deadlineAt, signal, onAbort: undefined, resolve, reject };
      flight.callers.add(caller);
      deadlines.add(caller);
      if (!flight.isInline) listenTo(caller);
    });
  }

  /** From now on the flight may wait for long: its callers are to be told at once when their signal says so. */
  function listen(flight: Flight): void {
    flight.isInline = false;
    for (const caller of flight.callers) listenTo(caller);
  }

  function listenTo(caller: Caller): void {
    if (!caller.signal || caller.onAbort) return;
    caller.onAbort = () => leave(caller, requestCancelled());
    caller.signal.addEventListener('abort', caller.onAbort);
  }

  /** The flight's output, to all who still wait for it. */
  function answer(flight: Flight, answer: Answer): void {
    for (const caller of flight.callers) {
      // one who joined when the run was under way has not queued
      const queueMs = Math.max(0, flight.startedAt - caller.acceptedAt);
      caller.resolve({ ...answer, queueMs });
      forget(caller);
      onOver(flight, null);
    }
  }

  function fail(flight: Flight, error: Error): void {
    for (const caller of flight.callers) {
      caller.reject(error);
      forget(caller);
      onOver(flight, error);
    }
  }

  /** Sends everybody away. */
  function failAll(error: Error): void {
    for (const caller of deadlines.items()) leave(caller, error);
  }

  /** Whether anybody waits for the flight, not counting those who have left, or are late, without being noticed yet. */
  function isWanted(flight: Flight): boolean {
    const now = performance.now();
    for (const caller of flight.callers) {
      if (caller.deadlineAt <= now) leave(caller, lateError(caller));
      else if (caller.signal?.aborted) leave(caller, requestCancelled());
    }
    return flight.callers.size > 0;
  }

  function whenEmpty(): Promise<void> {
    return deadlines.size === 0 ? Promise.resolve() : new Promise((resolve) => onEmpty.push(resolve));
  }

  function leave(caller: Caller, error: Error): void {
    caller.reject(error);
    forget(caller);
    onOver(caller.flight, error);
    if (caller.flight.callers.size === 0) onDeserted(caller.flight);
  }

  function forget(caller: Caller): void {
    caller.flight.callers.delete(caller);
    deadlines.delete(caller);
    if (caller.onAbort) caller.signal?.removeEventListener('abort', caller.onAbort);
    if (deadlines.size > 0 || onEmpty.length === 0) return;
    for (const resolve of onEmpty) resolve();
    onEmpty = [];
  }
}

function lateError({ acceptedAt }: Caller): Error {
  return deadlineExceeded(performance.now() - acceptedAt);
}
