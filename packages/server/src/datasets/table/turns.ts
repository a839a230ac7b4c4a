/**
 * Lets at most `limit` run at once; the others wait in the order they came.
 *
 * @param limit - looked at anew whenever one comes or ends; at least 1
 */
export function createTurns(limit: () => number) {
  let running = 0;
  const waiting: (() => void)[] = [];

  /** Runs when it is its turn. @throws what `work` throws; the reason of `signal` when it is aborted while waiting */
  return async function inTurn<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await turn(signal);
    try {
      return await work();
    } finally {
      running -= 1;
      startNext();
    }
  };

  function startNext(): void {
    while (running < limit()) {
      const start = waiting.shift();
      if (!start) return;
      running += 1;
      start();
    }
  }

  function turn(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const start = () => {
      signal?.removeEventListener('abort', leave);
      resolve();
    };
    const leave = () => {
      waiting.splice(waiting.indexOf(start), 1);
      reject(signal?.reason);
    };
    if (signal?.aborted) reject(signal.reason);
    else {
      waiting.push(start);
      signal?.addEventListener('abort', leave, { once: true });
      startNext();
    }
    return promise;
  }
}
