import { AppError } from '../errors.ts';
import type { RowBatch } from './row-batch.ts';
import { readTextLines, type TextLines } from './text-lines.ts';

interface Options {
  /** Refuses what is nested too deep. @throws AppError */
  readonly checkDepth: (json: string) => void;
}

/** Most rows that go to the engine together: so many that one slice holds them, and few enough to be answered soon. */
const rowsMax = 1000;

/**
 * Rows of a body with a JSON value on each line. A line that is no JSON fails alone; empty lines are no rows.
 *
 * @throws StreamEndedError
 */
export async function* readNdjson(
  body: AsyncIterable<Uint8Array>,
  { checkDepth }: Options,
): AsyncGenerator<RowBatch, void> {
  for await (const { lines, firstLine } of readTextLines(body))
    for (let start = 0; start < lines.length; start += rowsMax) {
      const part = lines.slice(start, start + rowsMax);
      const batch = toBatch({ lines: part, firstLine: firstLine + start }, checkDepth);
      if (batch.inputs.length > 0) yield batch;
    }
}

function toBatch({ lines: texts, firstLine }: TextLines, checkDepth: Options['checkDepth']): RowBatch {
  const inputs: unknown[] = [];
  const lines: number[] = [];
  for (const [index, text] of texts.entries()) {
    if (text === '' || text.trim() === '') continue;
    inputs.push(parse(text, firstLine + index, checkDepth));
    lines.push(firstLine + index);
  }
  return { inputs, lines };
}

function parse(text: string, line: number, checkDepth: Options['checkDepth']): unknown {
  try {
    checkDepth(text);
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof AppError) return error;
    return new AppError('BODY_MALFORMED', `Line ${line} is not JSON: ${(error as SyntaxError).message}`);
  }
}
