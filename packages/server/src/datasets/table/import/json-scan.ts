type Expected = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'comma or end' | 'nothing';

const space = /[ \t\r\n]/;
const scalarPart = /[-+.\w]/;
/**
 * What follows a backslash: a small letter, or a `u` and four digits of either case, of which a half of a pair has the
 * other one after it.
 */
const wholeEscape =
  /^(?:["\\/bfnrt]|u(?:[\dA-CEFa-cef][\dA-Fa-f]|[Dd][0-7])[\dA-Fa-f]{2}|u[Dd][89ABab][\dA-Fa-f]{2}\\u[Dd][C-Fc-f][\dA-Fa-f]{2})$/;
const escapeStart =
  /^u(?:[\dA-Fa-f]{0,4}|[Dd][89ABab][\dA-Fa-f]{2}\\(?:u(?:[Dd](?:[C-Fc-f][\dA-Fa-f]?)?)?)?)$/;
const scalar = /^(true|false|null|-?(NaN|Infinity)|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/;

/**
 * Reads JSON, in pieces as they come, for the line in which it stops being that. A few MB in a tenth of a second: it
 * looks at files that DuckDB refused, up to the fault.
 */
export function createJsonScan() {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let line = 1;
  let token = '';
  let isInText = false;
  /** What was read of one, without its backslash; null outside of escapes. */
  let escaped: string | null = null;

  return { push, end };

  /** @returns the line of the fault, once there is one */
  function push(text: string): number | undefined {
    for (const char of text) {
      if (!take(char)) return line;
      if (char === '\n') line += 1;
    }
    return undefined;
  }

  /** @returns the last line when something is missing there */
  function end(): number | undefined {
    const isWhole = !isInText && (token === '' || endScalar()) && expected === 'nothing';
    return isWhole ? undefined : line;
  }

  function take(char: string): boolean {
    if (isInText) return takeText(char);
    if (scalarPart.test(char)) {
      token += char;
      // longer than any number or word
      return token.length < 1000;
    }
    if (token !== '' && !endScalar()) return false;
    return space.test(char) || takeMark(char);
  }

  function takeText(char: string): boolean {
    if (escaped !== null) {
      escaped += char;
      if (wholeEscape.test(escaped)) escaped = null;
      else return escapeStart.test(escaped);
    } else if (char === '\\') escaped = '';
    else if (char === '"') isInText = false;
    return char >= ' ';
  }

  function endScalar(): boolean {
    const isGood = scalar.test(token) && takesValue();
    token = '';
    endValue();
    return isGood;
  }

  function takeMark(char: string): boolean {
    if (char === '"') {
      isInText = true;
      if (expected === 'name' || expected === 'name or end') expected = 'colon';
      else if (takesValue()) endValue();
      else return false;
      return true;
    }
    if (char === '{' || char === '[') return openBracket(char);
    if (char === '}' || char === ']') return closeBracket(char === '}' ? '{' : '[');
    if (char === ':' && expected === 'colon') expected = 'value';
    else if (char === ',' && expected === 'comma or end') expected = open.at(-1) === '{' ? 'name' : 'value';
    else return false;
    return true;
  }

  function openBracket(bracket: '{' | '['): boolean {
    const isGood = takesValue();
    open.push(bracket);
    expected = bracket === '{' ? 'name or end' : 'value or end';
    return isGood;
  }

  function closeBracket(bracket: '{' | '['): boolean {
    const isEnd =
      expected === 'comma or end' || expected === (bracket === '{' ? 'name or end' : 'value or end');
    if (open.pop() !== bracket) return false;
    endValue();
    return isEnd;
  }

  function takesValue(): boolean {
    return expected === 'value' || expected === 'value or end';
  }

  function endValue(): void {
    expected = open.length === 0 ? 'nothing' : 'comma or end';
  }
}
