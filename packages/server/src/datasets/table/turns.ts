/** Lets at most `limit` run at once; the others wait in the order they came. */
export function createTurns(limit: number) {
  let free = limit;
  const waiting: (() => void)[] = [];

  /** Runs when it is its turn. @throws what `work` throws; the reason of `signal` when it is aborted while waiting */
  return async function inTurn<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (free > 0) free -= 1;
    else await turn(signal);
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };

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
    }
    return promise;
  }
}
