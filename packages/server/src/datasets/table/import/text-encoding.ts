import { isAscii, isUtf8 } from 'node:buffer';
import { unreadable } from '../unreadable.ts';

/** As `TextDecoder` names them; `windows-1252` is what the web reads as Latin-1. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** What the first bytes say: a byte order mark, or the zeros of UTF-16; otherwise UTF-8 until it proves wrong. */
export function encodingOf(start: Buffer): { readonly encoding: TextEncoding; readonly hasMark: boolean } {
  if (start[0] === 0xff && start[1] === 0xfe) return { encoding: 'utf-16le', hasMark: true };
  if (start[0] === 0xfe && start[1] === 0xff) return { encoding: 'utf-16be', hasMark: true };
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf)
    return { encoding: 'utf-8', hasMark: true };
  return { encoding: unmarkedUtf16(start) ?? 'utf-8', hasMark: false };
}

/** Latin letters in UTF-16 have a zero in every second byte, always in the same half. */
function unmarkedUtf16(start: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const pairs = Math.min(start.length >>> 1, 512);
  let low = 0;
  let high = 0;
  for (let pair = 0; pair < pairs; pair += 1) {
    if (start[2 * pair] === 0) high += 1;
    if (start[2 * pair + 1] === 0) low += 1;
  }
  if (low > pairs * 0.7 && high === 0) return 'utf-16le';
  return high > pairs * 0.7 && low === 0 ? 'utf-16be' : undefined;
}

/** What looking through all bytes of a text found. */
export type Utf8Verdict = 'utf-8' | 'other';

/**
 * Looks through a text piece by piece: bytes that are no UTF-8 after others that were can only be damage, while a text
 * that was plain ASCII so far is of an older encoding.
 */
export function createUtf8Check({ hasMark }: { hasMark: boolean }) {
  let line = 1;
  let hasOtherThanAscii = hasMark;
  let rest: Buffer = Buffer.alloc(0);

  return { take, end };

  /** @throws AppError DATASET_UNREADABLE at a NUL or a damaged character, with its line */
  function take(piece: Buffer): Utf8Verdict {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const whole = bytes.subarray(0, bytes.length - unfinished(bytes));
    rest = Buffer.from(bytes.subarray(whole.length));
    return check(whole);
  }

  function end(): Utf8Verdict {
    return check(rest);
  }

  function check(bytes: Buffer): Utf8Verdict {
    const zero = bytes.indexOf(0);
    if (zero >= 0) throw nulFault(line + linesIn(bytes.subarray(0, zero)));
    if (!isUtf8(bytes)) {
      const good = validLength(bytes);
      hasOtherThanAscii ||= !isAscii(bytes.subarray(0, good));
      if (hasOtherThanAscii) throw damageFault(line + linesIn(bytes.subarray(0, good)));
      return 'other';
    }
    hasOtherThanAscii ||= !isAscii(bytes);
    line += linesIn(bytes);
    return 'utf-8';
  }
}

export function nulFault(line: number) {
  const message = `Line ${line} has a NUL byte: the file is damaged, or is no text file.`;
  return unreadable({ rule: 'nul_byte', line, message });
}

function damageFault(line: number) {
  const message = `Line ${line} has bytes that are no UTF-8 text, as the text before them is. Save the file as UTF-8.`;
  return unreadable({ rule: 'wrong_encoding', line, message });
}

/** Bytes at the end that begin a character and do not finish it: 0 to 3. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

/** How many of the bytes are whole UTF-8 characters before the first that is none. */
function validLength(bytes: Buffer): number {
  let low = 0;
  let high = bytes.length;
  // of every text that is cut within a character the rest is unfinished, which is no fault
  const isGood = (length: number) => {
    const part = bytes.subarray(0, length);
    return isUtf8(part.subarray(0, length - unfinished(part)));
  };
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (isGood(middle)) low = middle;
    else high = middle - 1;
  }
  return low - unfinished(bytes.subarray(0, low));
}

export function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) lines += 1;
  return lines;
}
