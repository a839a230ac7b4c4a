/** Values that arrive by themselves, for a reader that takes them one by one. */
export interface Mailbox<T> extends AsyncIterable<T> {
  put(value: T): void;
  /** No more will come: the reader gets what is there, and ends. */
  close(): void;
}

/** @param sizeMax - when so many wait, the oldest go: they tell of states that are past */
export function createMailbox<T>(sizeMax: number): Mailbox<T> {
  const waiting: T[] = [];
  let isClosed = false;
  let wake: () => void = () => undefined;

  return {
    put(value) {
      if (isClosed) return;
      waiting.push(value);
      if (waiting.length > sizeMax) waiting.shift();
      wake();
    },
    close() {
      isClosed = true;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const value = waiting.shift();
        if (value !== undefined) yield value;
        else if (isClosed) return;
        else {
          const { promise, resolve } = Promise.withResolvers<void>();
          wake = resolve;
          await promise;
        }
      }
    },
  };
}
