import { AppError } from '../errors.ts';

const quote = 0x22;
const backslash = 0x5c;
/** `{` and `}`; `[` and `]` differ from them in this one bit. */
const opening = 0x7b;
const closing = 0x7d;
const curlyBit = 0x20;

/**
 * Refuses JSON whose lists and objects lie too deep in each other, before it is parsed: whatever walks a value by
 * calling itself would run out of stack.
 *
 * @throws AppError INPUT_INVALID
 */
export function checkJsonDepth(json: Buffer, depthMax: number): void {
  if (!isDeeperThan(json, depthMax)) return;
  const message = `must have at most ${depthMax} levels of lists and objects within each other`;
  throw new AppError('INPUT_INVALID', `The JSON ${message}.`, {
    issues: [{ path: [], rule: 'too_deep', message }],
  });
}

/**
 * Whether a text, if it is JSON at all, has more than `depthMax` levels. Nearly every text is cleared by its length, or
 * by a search for brackets, which the engine does many bytes at a time; only the rest is looked at byte by byte, in about
 * half the time that parsing takes. UTF-8 needs no decoding: no byte of a longer character looks like one of ASCII.
 */
export function isDeeperThan(json: Buffer, depthMax: number): boolean {
  // each level opens and closes
  if (json.length < 2 * (depthMax + 1) || !hasMoreBracketsThan(json, depthMax)) return false;
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (byte === quote) at = endOfText(json, at);
    else if ((byte | curlyBit) === opening) {
      depth++;
      if (depth > depthMax) return true;
    } else if ((byte | curlyBit) === closing) depth--;
  }
  return false;
}

function hasMoreBracketsThan(json: Buffer, count: number): boolean {
  let found = 0;
  for (const bracket of [opening, opening - curlyBit]) {
    for (let at = json.indexOf(bracket); at !== -1; at = json.indexOf(bracket, at + 1)) {
      found++;
      if (found > count) return true;
    }
  }
  return false;
}

/** Where the text that starts at `start` ends: at the first quote that no backslash escapes. */
function endOfText(json: Buffer, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1;
  return at;
}
