import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors.ts';

/** How long the rest of a body that nobody wants is thrown away before the connection is cut. */
const lingerMs = 10_000;

export interface BodyReader extends AsyncIterable<Uint8Array> {
  /** What is to be read next is this error. */
  stop(error: AppError): void;
  /** Nothing more is read: what still comes is thrown away, so that its sender gets to see the answer. */
  release(): void;
}

/** The bytes of a body as they come: read when they are asked for, so that a sender is no quicker than what follows. */
export function createBodyReader(raw: IncomingMessage): BodyReader {
  let failure: AppError | undefined;
  let wake = () => {};
  const onChange = () => wake();
  const onClose = () => {
    if (!raw.readableEnded) stop(new AppError('REQUEST_CANCELLED', 'The caller went away.'));
  };
  raw.on('readable', onChange).on('end', onChange).on('error', onClose).on('close', onClose);

  return { [Symbol.asyncIterator]: chunks, stop, release };

  async function* chunks(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      if (failure) throw failure;
      const chunk: Uint8Array | null = raw.read();
      if (chunk) yield chunk;
      else if (raw.readableEnded) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }

  function stop(error: AppError): void {
    failure ??= error;
    wake();
  }

  function release(): void {
    raw.off('readable', onChange);
    if (raw.complete) return;
    raw.resume();
    setTimeout(() => {
      if (!raw.complete) raw.socket.destroy();
    }, lingerMs).unref();
  }
}
