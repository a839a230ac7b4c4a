import { type AnyContract, columnsMax, type ErrorIssue } from '@oriel/schemas';
import { CsvError, type Options, parse } from 'csv-parse';
import { createRowMapper, type RowMapper } from '../datasets/map-row.ts';
import { AppError } from '../errors.ts';
import { withLineFeeds } from './line-ends.ts';
import { type RowBatch, StreamEndedError } from './row-batch.ts';
import { lineBytesMax, readTextLines, type TextLines } from './text-lines.ts';

/**
 * Rows of a CSV whose first row names the fields of a model's input. Texts become numbers and truth values where the
 * field takes no text, and an empty cell is no value: what does not fit stays a text, which the contract refuses by name.
 *
 * @throws StreamEndedError for a row with more or fewer cells than the header, a quote that does not end, bytes that are
 * not UTF-8, and a row that is too long
 * @throws AppError INPUT_INVALID when the header names what is no field, or leaves out one that is required
 */
export async function* readCsv(
  body: AsyncIterable<Uint8Array>,
  contract: AnyContract,
): AsyncGenerator<RowBatch, void> {
  let batch = newBatch();
  let mapRow: RowMapper | undefined;
  const place = createPlace();
  const parser = parse<TextRow, TextRow>({
    ...dialect,
    columns(header: string[]) {
      mapRow = mapperOf(contract, header);
      place.endRow(parser.info.bytes);
      return header;
    },
    on_record(record, { bytes }) {
      // its columns are read before its first record
      batch.inputs.push(mapRow?.(record));
      batch.lines.push(place.endRow(bytes));
      return null;
    },
  });
  // what each write is told is enough; without a listener an error would end the process
  parser.on('error', () => {});
  parser.resume();
  const toText = createTextMaker();
  for await (const textLines of readTextLines(withLineFeeds(body))) {
    const text = Buffer.from(toText(textLines.lines));
    place.enter(text, textLines);
    const failure = await write((done) => parser.write(text, done));
    if (batch.inputs.length > 0) yield batch;
    batch = newBatch();
    if (failure) throw toStreamError(failure, place.nextRow());
  }
  const failure = await write((done) => parser.end(done));
  if (batch.inputs.length > 0) yield batch;
  if (failure) throw toStreamError(failure, place.nextRow());
  if (!mapRow) throw new AppError('BODY_MALFORMED', 'The CSV is empty: its first row must name the fields.');
}

/** The parser looks so far ahead before it takes a line end for one. */
const lookAhead = '\n'.repeat(4);

/**
 * Makes text for the parser out of lines, whose ends are all the same outside of quotes: it would take the others for
 * a part of their cell. It holds the last row back until it sees what follows: empty lines, which it skips, are put
 * there, so that a row is answered before the next one is sent. Not inside of quotes, where they would count: there is
 * an odd number of them before.
 */
function createTextMaker(): (lines: readonly string[]) => string {
  let isQuoted = false;
  return (lines) => {
    let text = '';
    for (const line of lines) {
      isQuoted = isQuoted !== hasOddQuotes(line);
      text += !isQuoted && line.endsWith('\r') ? line.slice(0, -1) : line;
      text += '\n';
    }
    return isQuoted ? text : text + lookAhead;
  };
}

function hasOddQuotes(line: string): boolean {
  let isOdd = false;
  for (let at = line.indexOf('"'); at !== -1; at = line.indexOf('"', at + 1)) isOdd = !isOdd;
  return isOdd;
}

const lineFeed = 0x0a;

/** Finds the lines of rows: the parser's own count takes the two characters of a line end in quotes for two. */
function createPlace() {
  let bytesBefore = 0;
  let text = Buffer.alloc(0);
  let lines: readonly string[] = [];
  let firstLine = 1;
  /** How far lines have been counted in the text, and how many there were. */
  let countedBytes = 0;
  let countedLines = 0;
  let rowEnd = 0;

  return {
    /** This is parsed next. */
    enter(next: Buffer<ArrayBuffer>, { lines: nextLines, firstLine: nextLine }: TextLines): void {
      bytesBefore += text.length;
      text = next;
      lines = nextLines;
      firstLine = nextLine;
      countedBytes = 0;
      countedLines = 0;
    },
    /**
     * @param bytes - of all that was parsed, the row's own line end included
     * @returns the line that the row ends on
     */
    endRow(bytes: number): number {
      for (;;) {
        const end = text.indexOf(lineFeed, countedBytes);
        if (end === -1 || end >= bytes - bytesBefore - 1) break;
        countedBytes = end + 1;
        countedLines += 1;
      }
      rowEnd = firstLine + countedLines;
      return rowEnd;
    },
    /** The first line of what comes after the last whole row. */
    nextRow(): number {
      const index = rowEnd + 1 - firstLine;
      if (index < 0) return rowEnd + 1;
      const rest = lines.slice(index).findIndex((line) => line !== '' && line !== '\r');
      return rowEnd + 1 + Math.max(0, rest);
    },
  };
}

type TextRow = Record<string, string>;

const dialect = {
  skip_empty_lines: true,
  relax_column_count: false,
  max_record_size: lineBytesMax,
} satisfies Options;

function newBatch(): { inputs: unknown[]; lines: number[] } {
  return { inputs: [], lines: [] };
}

/** Each column fills the field of its name. */
function mapperOf(contract: AnyContract, header: readonly string[]): RowMapper {
  if (header.length > columnsMax)
    throw new AppError(
      'INPUT_INVALID',
      `The CSV has ${header.length} columns; at most ${columnsMax} are read.`,
    );
  const seen = new Set<string>();
  const twice = header.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined)
    throw new AppError('INPUT_INVALID', `The header of the CSV names "${twice}" more than once.`);
  const columns = header.map((name) => ({ name, type: 'text' as const }));
  try {
    return createRowMapper(contract, columns, Object.fromEntries(header.map((name) => [name, name])));
  } catch (error) {
    throw error instanceof AppError && error.issues ? toHeaderError(error.issues) : error;
  }
}

/** A mapping is what the caller never sent: the header is. */
function toHeaderError(ofMapping: readonly ErrorIssue[]): AppError {
  const issues = ofMapping.map(({ path, ...issue }) => ({ ...issue, path: path.slice(1) }));
  return new AppError('INPUT_INVALID', `The header of the CSV does not fit: ${issues[0]?.message}.`, {
    issues,
  });
}

function write(work: (done: (error?: Error | null) => void) => void): Promise<Error | null> {
  return new Promise((resolve) => work((error) => resolve(error ?? null)));
}

function toStreamError(error: Error, line: number): Error {
  if (!(error instanceof CsvError)) return error;
  const cause =
    error.code === 'CSV_QUOTE_NOT_CLOSED'
      ? 'a quote in this row does not end'
      : // it counts lines in its own way
        error.message.replace(/ (?:at|on) line \d+/, '');
  const message = `Line ${line} of the CSV cannot be read: ${cause}. The stream ends here.`;
  return new StreamEndedError(line, new AppError('BODY_MALFORMED', message));
}
