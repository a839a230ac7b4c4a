import type { Fault } from '../unreadable.ts';
import { createJsonScan } from './json-scan.ts';
import { readPieces } from './open-text.ts';
import type { JsonLayout } from './stage-json.ts';

interface Refused {
  readonly path: string;
  readonly layout: JsonLayout;
  /** What DuckDB said. */
  readonly refusal: string;
  readonly objectBytesMax: number;
  readonly signal?: AbortSignal | undefined;
}

/** What is wrong with JSON that DuckDB refused, with the line. */
export async function findJsonFault(refused: Refused): Promise<Fault> {
  const { refusal, layout, objectBytesMax } = refused;
  if (/maximum_object_size/.test(refusal))
    return { rule: 'object_too_large', message: `One of its objects has more than ${objectBytesMax} bytes.` };
  const cause = causeOf(refusal);
  const line = layout === 'newline_delimited' ? await firstBadLine(refused) : await lineOfFault(refused);
  const what = layout === 'newline_delimited' ? 'no JSON object' : 'no JSON';
  const where = line === undefined ? 'Somewhere it' : `Line ${line}`;
  return { rule: 'invalid_json', line, message: `${where} is ${what}: ${cause}.` };
}

/** DuckDB's word for it, which names no file, or that much. */
function causeOf(refusal: string): string {
  const [, cause] = /(?:line|value) \d+: ([a-z ,]+?)\.?(?: Try.*)?\s*$/m.exec(refusal) ?? [];
  return cause ?? 'it does not begin or end as JSON does';
}

const pieceBytes = 64 * 1024;

/** The first line that is no JSON by itself. */
async function firstBadLine({ path, signal }: Refused): Promise<number | undefined> {
  const decoder = new TextDecoder();
  let line = 1;
  let scan = createJsonScan();
  let isBlank = true;
  let isBad = false;
  for await (const piece of readPieces(path, pieceBytes)) {
    signal?.throwIfAborted();
    const [rest = '', ...lines] = decoder.decode(piece, { stream: true }).split('\n');
    take(rest);
    for (const text of lines) {
      if (isBad || (!isBlank && scan.end() !== undefined)) return line;
      line += 1;
      scan = createJsonScan();
      isBlank = true;
      take(text);
    }
  }
  return isBad || (!isBlank && scan.end() !== undefined) ? line : undefined;

  function take(text: string): void {
    isBlank &&= text.trim() === '';
    isBad ||= !isBlank && scan.push(text) !== undefined;
  }
}

/** The line in which a list of values stops being JSON: the first whose brackets and texts do not go on as they must. */
async function lineOfFault({ path, signal }: Refused): Promise<number | undefined> {
  const scan = createJsonScan();
  const decoder = new TextDecoder();
  for await (const piece of readPieces(path, pieceBytes)) {
    signal?.throwIfAborted();
    const line = scan.push(decoder.decode(piece, { stream: true }));
    if (line !== undefined) return line;
  }
  return scan.end();
}
