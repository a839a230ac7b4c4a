/**
 * What a client wants next, as one piece that must reach the database undivided.
 *
 * - `encryption`: asks for TLS, which a local socket has no use for
 * - `cancel`: asks to stop a query of another connection
 * - `startup`: opens the session
 * - `query`: one or more messages, ended by the message after which a client waits for an answer
 * - `terminate`: says goodbye
 */
export type ExchangeKind = 'encryption' | 'cancel' | 'startup' | 'query' | 'terminate';

export interface WireExchange {
  readonly kind: ExchangeKind;
  readonly bytes: Uint8Array;
  /** True after a Flush: the client will go on with the same statement, so nobody else may come between. */
  readonly isOpen: boolean;
}

export interface WireExchangeReader {
  /**
   * Takes what a socket gave and answers the exchanges that are now complete, in order.
   * @throws RangeError when the bytes are no PostgreSQL messages
   */
  push(chunk: Uint8Array): WireExchange[];
}

/**
 * Far above any statement of ours; stops a stray client from making the reader wait for, and keep,
 * gigabytes.
 */
const messageSizeBytesMax = 256 * 1024 * 1024;

const startupKinds: Readonly<Record<number, ExchangeKind>> = {
  80877102: 'cancel',
  80877103: 'encryption',
  80877104: 'encryption',
};

/**
 * Messages after which a client waits: Query, Sync, Flush, FunctionCall, CopyDone, CopyFail, password,
 * Terminate.
 */
const lastMessages = new Set(Array.from('QSHFcfpX', toCode));

/**
 * Cuts the byte stream of one PostgreSQL client into exchanges.
 *
 * All clients of the embedded database share one session, and with it the unnamed prepared statement. So
 * Parse, Bind, Describe, Execute and Sync of one client have to run without a message of another between
 * them, however many packets they arrive in.
 *
 * @see PostgreSQL documentation, "Message Flow" and "Message Formats"
 */
export function createWireExchangeReader(): WireExchangeReader {
  let chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  let scannedBytes = 0; // whole messages at the start of `chunks` whose exchange is not complete yet
  let wantedBytes = 8; // looking again before this many have come would be in vain
  let isStarted = false;

  return { push };

  function push(chunk: Uint8Array): WireExchange[] {
    chunks.push(chunk);
    sizeBytes += chunk.byteLength;
    if (sizeBytes < wantedBytes) return [];

    const buffer = Buffer.concat(chunks, sizeBytes);
    const exchanges: WireExchange[] = [];
    let start = 0;
    let position = scannedBytes;
    for (;;) {
      const message = findMessage(buffer, position, isStarted);
      if (message.end > buffer.length) {
        wantedBytes = message.end - start;
        break;
      }
      position = message.end;
      if (!message.kind) continue;
      isStarted ||= message.kind === 'startup';
      exchanges.push({ kind: message.kind, bytes: buffer.subarray(start, position), isOpen: message.isOpen });
      start = position;
    }
    chunks = [buffer.subarray(start)];
    sizeBytes = buffer.length - start;
    scannedBytes = position - start;
    return exchanges;
  }
}

interface FoundMessage {
  /** Where the message ends; past the buffer when more bytes are needed, then at least how many. */
  end: number;
  /** Set on the last message of an exchange. */
  kind: ExchangeKind | null;
  isOpen: boolean;
}

function findMessage(buffer: Buffer, position: number, isStarted: boolean): FoundMessage {
  return isStarted ? findTypedMessage(buffer, position) : findStartupMessage(buffer, position);
}

/** Before the session is open: length and code, four bytes each. */
function findStartupMessage(buffer: Buffer, position: number): FoundMessage {
  if (buffer.length < position + 8) return { end: position + 8, kind: null, isOpen: false };
  const length = checkLength(buffer.readUInt32BE(position), 8);
  const kind = startupKinds[buffer.readUInt32BE(position + 4)] ?? 'startup';
  return { end: position + length, kind, isOpen: false };
}

/** From then on: one byte of type, four of length; the length counts itself. */
function findTypedMessage(buffer: Buffer, position: number): FoundMessage {
  if (buffer.length < position + 5) return { end: position + 5, kind: null, isOpen: false };
  const type = buffer.readUInt8(position);
  const length = checkLength(buffer.readUInt32BE(position + 1), 4);
  const kind = !lastMessages.has(type) ? null : type === toCode('X') ? 'terminate' : 'query';
  return { end: position + 1 + length, kind, isOpen: type === toCode('H') };
}

function checkLength(length: number, atLeast: number): number {
  if (length >= atLeast && length <= messageSizeBytesMax) return length;
  throw new RangeError(
    `a PostgreSQL message cannot have ${length} bytes; is the client speaking another protocol?`,
  );
}

function toCode(letter: string): number {
  return letter.charCodeAt(0);
}
