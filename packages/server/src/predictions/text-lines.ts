import { isUtf8 } from 'node:buffer';
import { AppError } from '../errors.ts';
import { StreamEndedError } from './row-batch.ts';

/** Whole lines of a body, without their line ends; empty ones too. */
export interface TextLines {
  readonly lines: readonly string[];
  /** The number of the first of them; the body's first line is 1. */
  readonly firstLine: number;
}

/** Longest line, or row of a CSV, in bytes. */
export const lineBytesMax = 1024 * 1024;

const lineFeed = 0x0a;
const byteOrderMark = '\uFEFF';

/**
 * Splits a body into lines as it comes. Bytes are cut at line ends only, so that no character is cut.
 *
 * @throws StreamEndedError for bytes that are not UTF-8, and for a line that is too long, after the lines before it
 */
export async function* readTextLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<TextLines, void> {
  let line = 1;
  const rest = createRest();
  for await (const chunk of body) {
    const bytes = asBuffer(chunk);
    const end = bytes.lastIndexOf(lineFeed) + 1;
    if (end > 0) line += yield* decode(rest.takeWith(bytes.subarray(0, end)), line);
    rest.add(bytes.subarray(end));
    if (rest.length() > lineBytesMax) throw tooLong(line);
  }
  if (rest.length() > 0) yield* decode(rest.takeWith(Buffer.alloc(0)), line);
}

/** So many pieces of a line are kept as they came. */
const piecesMax = 64;

/** The beginning of a line whose end has not come. Who sends it byte by byte must not make it be copied at each of them. */
function createRest() {
  let pieces: Buffer[] = [];
  let length = 0;
  return {
    length: () => length,
    add(piece: Buffer): void {
      if (piece.length === 0) return;
      length += piece.length;
      pieces.push(piece);
      if (pieces.length > piecesMax) pieces = [Buffer.concat(pieces)];
    },
    takeWith(end: Buffer): Buffer {
      const whole = pieces.length === 0 ? end : Buffer.concat([...pieces, end]);
      pieces = [];
      length = 0;
      return whole;
    },
  };
}

/** @returns how many lines there were */
function* decode(bytes: Buffer, firstLine: number): Generator<TextLines, number> {
  if (!isUtf8(bytes)) {
    const good = linesBeforeFault(bytes);
    if (good.length > 0) yield { lines: good, firstLine };
    throw new StreamEndedError(
      firstLine + good.length,
      new AppError('BODY_MALFORMED', `Line ${firstLine + good.length} is not UTF-8. The stream ends here.`),
    );
  }
  const text = bytes.toString();
  const lines = (firstLine === 1 && text.startsWith(byteOrderMark) ? text.slice(1) : text).split('\n');
  if (bytes.at(-1) === lineFeed) lines.pop();
  // a line has at least as many bytes as characters, and all of a chunk together are rarely so many
  const long =
    bytes.length > lineBytesMax ? lines.findIndex((line) => Buffer.byteLength(line) > lineBytesMax) : -1;
  if (long === -1) yield { lines, firstLine };
  else {
    if (long > 0) yield { lines: lines.slice(0, long), firstLine };
    throw tooLong(firstLine + long);
  }
  return lines.length;
}

function linesBeforeFault(bytes: Buffer): string[] {
  const lines: string[] = [];
  for (let start = 0; ; ) {
    const end = bytes.indexOf(lineFeed, start);
    const line = bytes.subarray(start, end === -1 ? bytes.length : end);
    if (end === -1 || !isUtf8(line)) return lines;
    lines.push(line.toString());
    start = end + 1;
  }
}

function tooLong(line: number): StreamEndedError {
  const message = `Line ${line} has more than the ${lineBytesMax} bytes that are accepted. The stream ends here.`;
  return new StreamEndedError(line, new AppError('BODY_TOO_LARGE', message));
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
