import { type Fault, shown } from '../unreadable.ts';
import { type CsvRecord, createCsvScanner, type QuoteFault } from './csv-scanner.ts';
import { readPieces } from './open-text.ts';

const pieceBytes = 64 * 1024;
const faultsMax = 10;
/** How much further is looked for more faults, so that a caller can mend several at once. */
const bytesAfterFault = 4 * 1024 * 1024;

interface Shape {
  readonly delimiter: string;
  readonly names: readonly string[];
  /** What says how many values a row has: its header, or the first row. */
  readonly firstLine: number;
  readonly hasHeader: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What is wrong with a file that DuckDB refused, with lines; nothing when it is sound after all. */
export async function findCsvFaults(path: string, shape: Shape): Promise<Fault[]> {
  const faults: Fault[] = [];
  const scanner = createCsvScanner(shape.delimiter, {
    // whether there is something in them is all that matters
    cellCharsMax: 1,
    onRecord(record) {
      const fault = raggedFault(record, shape);
      if (fault) faults.push(fault);
      return faults.length < faultsMax;
    },
    onFault: (fault) => faults.push(quoteFault(fault, shape.names)),
  });
  const decoder = new TextDecoder();
  let bytesLeft = Number.POSITIVE_INFINITY;
  for await (const piece of readPieces(path, pieceBytes)) {
    shape.signal?.throwIfAborted();
    scanner.push(decoder.decode(piece, { stream: true }));
    if (faults.length > 0) bytesLeft = Math.min(bytesLeft, bytesAfterFault) - piece.length;
    if (scanner.isStopped() || bytesLeft < 0) return faults;
  }
  scanner.end({ isWhole: true });
  return faults;
}

function raggedFault({ line, cells }: CsvRecord, { names, firstLine, hasHeader }: Shape): Fault | null {
  const width = names.length;
  // a delimiter at the end of the line is no value
  if (cells.length === width || (cells.length === width + 1 && cells[width] === '')) return null;
  const where = hasHeader ? `the header (line ${firstLine})` : `the first row (line ${firstLine})`;
  const message = `Line ${line} has ${count(cells.length)}, where ${where} has ${width}.`;
  return { rule: cells.length < width ? 'too_few_values' : 'too_many_values', line, message };
}

function count(values: number): string {
  return values === 1 ? '1 value' : `${values} values`;
}

function quoteFault({ rule, line, cell }: QuoteFault, names: readonly string[]): Fault {
  const column = names[cell - 1] ?? cell;
  const where = `In line ${line}, column ${typeof column === 'string' ? shown(column) : column}, `;
  const message =
    rule === 'quote_not_closed'
      ? `${where}a quote opens that is never closed.`
      : `${where}text follows a closing quote. A quote within a value is written twice.`;
  return { rule, line, column, message };
}
