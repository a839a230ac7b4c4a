import { connect, type Socket } from 'node:net';

/** What a caller looks at in an answer; {@link noAnswer} when the connection was lost instead. */
export type OnAnswer = (status: number, hasRetryAfter: boolean) => void;

/** What a lost connection counts as: no answer came. */
export const noAnswer = 0;

const chunkBytes = 65_536;
const endOfHead = '\r\n\r\n';

/**
 * A connection that is kept, for one request at a time. It reads of an answer what the benchmarks look at: a client that
 * reads all of it takes several times the processor time, which on one machine is taken from the server.
 */
export class RawConnection {
  readonly #socket: Socket;
  #onAnswer: OnAnswer | undefined;
  /** What has come of the head, where one chunk did not hold it. */
  #head = '';
  #status = 0;
  #hasRetryAfter = false;
  #bodyBytesLeft = 0;
  isLost = false;

  constructor(host: string, port: number) {
    this.#socket = connect({
      host,
      port,
      noDelay: true,
      onread: {
        buffer: Buffer.allocUnsafe(chunkBytes),
        callback: (bytes, buffer) => {
          // Node gives the buffer that it was given here
          this.#read((buffer as Buffer).subarray(0, bytes));
          return true;
        },
      },
    });
    this.#socket.on('error', () => undefined).on('close', () => this.#lose());
  }

  /** @param request - all of it, head and body */
  send(request: Buffer, onAnswer: OnAnswer): void {
    this.#onAnswer = onAnswer;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (this.#bodyBytesLeft > 0) this.#bodyBytesLeft -= chunk.length;
    else this.#readHead(chunk);
    if (this.#bodyBytesLeft === 0 && this.#head === '') this.#finish(this.#status, this.#hasRetryAfter);
  }

  #readHead(chunk: Buffer): void {
    const text = this.#head + chunk.toString('latin1');
    const end = text.indexOf(endOfHead);
    this.#head = end === -1 ? text : '';
    if (end === -1) return;
    const head = text.slice(0, end).toLowerCase();
    const [, length] = /\r\ncontent-length: *(\d+)/.exec(head) ?? [];
    if (length === undefined) throw new Error(`an answer of unknown length: ${head}`);
    this.#status = Number(head.slice('http/1.1 '.length, 'http/1.1 200'.length));
    this.#hasRetryAfter = head.includes('\r\nretry-after:');
    this.#bodyBytesLeft = Number(length) - (text.length - end - endOfHead.length);
  }

  #lose(): void {
    this.isLost = true;
    this.#finish(noAnswer, false);
  }

  #finish(status: number, hasRetryAfter: boolean): void {
    const onAnswer = this.#onAnswer;
    this.#onAnswer = undefined;
    onAnswer?.(status, hasRetryAfter);
  }
}
