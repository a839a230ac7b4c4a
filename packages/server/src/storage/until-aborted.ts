import { Readable } from 'node:stream';

/**
 * The same stream, ended by a signal at once, also while it waits for its next chunk.
 *
 * One listener for the whole stream: racing each chunk against one promise would keep something of every chunk until the
 * signal is gone.
 *
 * @throws what the signal was aborted with
 */
export function untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncIterable<T> {
  return signal ? chunksUntil(source, signal) : source;
}

async function* chunksUntil<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void, void> {
  const iterator = source[Symbol.asyncIterator]();
  let interrupt: (reason: unknown) => void = () => {};
  const onAbort = () => interrupt(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    while (true) {
      signal.throwIfAborted();
      const next = await new Promise<IteratorResult<T>>((resolve, reject) => {
        interrupt = reject;
        iterator.next().then(resolve, reject);
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // not awaited: what waits for its next chunk would end only after it
    void iterator.return?.().then(undefined, () => {});
    if (source instanceof Readable) source.destroy();
  }
}
