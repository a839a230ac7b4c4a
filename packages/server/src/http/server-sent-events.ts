import { AppError } from '../errors.ts';

/** So often something is sent, so that no proxy between thinks the connection dead. */
const heartbeatMs = 15_000;
/** What a browser waits before it comes again. */
const retryMs = 1_000;

/**
 * Events as the text of a stream. A stopping server ends it without a word: whoever reads comes again, to another process,
 * with the last event that it has.
 *
 * @see HTML, section 9.2, "Server-sent events"
 */
export async function* eventFrames<T>(
  events: AsyncGenerator<T, void>,
  toFrame: (event: T) => string,
  eachMs = heartbeatMs,
): AsyncGenerator<string, void> {
  try {
    yield `retry: ${retryMs}\n\n`;
    let next = events.next();
    for (;;) {
      const result = await within(next, eachMs);
      if (result === null) {
        yield ':\n\n';
      } else {
        if (result.done) return;
        yield toFrame(result.value);
        next = events.next();
      }
    }
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'SERVER_STOPPING')) throw error;
  } finally {
    await events.return();
  }
}

/** Null when it takes longer. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
