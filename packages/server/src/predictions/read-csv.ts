import { type AnyContract, columnsMax, type ErrorIssue } from '@oriel/schemas';
import { CsvError, type Options, parse } from 'csv-parse';
import { createRowMapper, type RowMapper } from '../datasets/map-row.ts';
import { AppError } from '../errors.ts';
import { type RowBatch, StreamEndedError } from './row-batch.ts';
import { lineBytesMax, readTextLines } from './text-lines.ts';

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
  const parser = parse<TextRow, TextRow>({
    ...dialect,
    columns(header: string[]) {
      mapRow = mapperOf(contract, header);
      return header;
    },
    on_record(record, { lines }) {
      // its columns are read before its first record
      batch.inputs.push(mapRow?.(record));
      batch.lines.push(lines);
      rowsEnd = lines;
      return null;
    },
  });
  // what each write is told is enough; without a listener an error would end the process
  parser.on('error', () => {});
  parser.resume();
  let line = 1;
  let rowsEnd = 1;
  for await (const { lines, firstLine } of readTextLines(body)) {
    const text = `${lines.join('\n')}\n`;
    line = firstLine + lines.length;
    const failure = await write((done) => parser.write(text, done));
    if (batch.inputs.length > 0) yield batch;
    batch = newBatch();
    if (failure) throw toStreamError(failure, { line, rowsEnd });
  }
  const failure = await write((done) => parser.end(done));
  if (batch.inputs.length > 0) yield batch;
  if (failure) throw toStreamError(failure, { line, rowsEnd });
  if (!mapRow) throw new AppError('BODY_MALFORMED', 'The CSV is empty: its first row must name the fields.');
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

interface Place {
  /** The line that is read next. */
  readonly line: number;
  /** The line that the last whole row ended on. */
  readonly rowsEnd: number;
}

function toStreamError(error: Error, { line, rowsEnd }: Place): Error {
  if (!(error instanceof CsvError)) return error;
  // of a quote that does not end, its beginning is of interest: the rest of the body is in it
  const isOpen = error.code === 'CSV_QUOTE_NOT_CLOSED';
  const at = isOpen ? rowsEnd + 1 : typeof error.lines === 'number' ? error.lines : line;
  const cause = isOpen ? 'a quote in this row does not end' : error.message;
  const message = `Line ${at} of the CSV cannot be read: ${cause}. The stream ends here.`;
  return new StreamEndedError(at, new AppError('BODY_MALFORMED', message));
}
