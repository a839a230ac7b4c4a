import { unreadable } from '../unreadable.ts';

const quote = 0x22;
const backslash = 0x5c;
const lineFeed = 0x0a;
/** `{` and `}`; `[` and `]` differ from them in this one bit. */
const opening = 0x7b;
const closing = 0x7d;
const curlyBit = 0x20;

/**
 * Refuses JSON whose lists and objects lie too deep in each other, before anything parses it, which may do so by
 * calling itself. Takes a file piece by piece; UTF-8 needs no decoding, for no byte of a longer character looks like one
 * of ASCII.
 */
export function createJsonDepthScan(depthMax: number) {
  let depth = 0;
  let line = 1;
  let isInText = false;
  let isEscaped = false;

  /** @throws AppError DATASET_UNREADABLE with the line */
  return function take(piece: Buffer): void {
    for (let at = 0; at < piece.length; at += 1) {
      const byte = piece[at] ?? 0;
      if (byte === lineFeed) line += 1;
      if (isEscaped) isEscaped = false;
      else if (isInText) {
        if (byte === quote) isInText = false;
        else if (byte === backslash) isEscaped = true;
      } else if (byte === quote) isInText = true;
      else if ((byte | curlyBit) === opening) {
        depth += 1;
        if (depth > depthMax) throw tooDeep(line, depthMax);
      } else if ((byte | curlyBit) === closing) depth -= 1;
    }
  };
}

function tooDeep(line: number, depthMax: number) {
  const message = `In line ${line}, lists and objects lie more than ${depthMax} levels deep in each other.`;
  return unreadable({ rule: 'too_deep', line, message });
}
