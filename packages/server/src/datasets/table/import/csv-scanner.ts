/** A record of a CSV file: a line or, where cells hold line breaks, several. */
export interface CsvRecord {
  /** 1-based line that it begins in. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Where quotes are wrong. */
export interface QuoteFault {
  readonly rule: 'quote_not_closed' | 'text_after_quote';
  readonly line: number;
  /** 1-based place of the cell in its record. */
  readonly cell: number;
}

interface Listener {
  /** Of longer cells, whoever listens gets that much: a quote that is never closed makes one cell of all that follows. */
  readonly cellCharsMax: number;
  /** @returns whether to go on */
  onRecord(record: CsvRecord): boolean;
  onFault(fault: QuoteFault): void;
}

const quote = '"';
const quotedRun = /[^"]+/y;
// none of the delimiters means anything else within brackets
const plainRun = (delimiter: string) => new RegExp(`[^"\\r\\n${delimiter}]+`, 'y');

/**
 * Reads CSV as RFC 4180 has it, in pieces as they come; LF, CRLF and CR end lines. It names the exact place of a fault,
 * but reads some 50 MB in a second on the calling thread: it looks at samples, and at files that DuckDB refused.
 */
export function createCsvScanner(delimiter: string, { cellCharsMax, onRecord, onFault }: Listener) {
  const unquotedRun = plainRun(delimiter);
  let cells: string[] = [];
  let cell = '';
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  let line = 1;
  let recordLine = 1;
  let quoteLine = 1;
  let isAfterCr = false;
  let isStopped = false;

  return { push, end, isStopped: () => isStopped };

  function push(text: string): void {
    for (let at = 0; at < text.length; ) {
      if (isStopped) return;
      const end = endOfRun(text, at);
      if (end > at) takeRun(text.slice(at, end));
      // within the text
      else takeMark(text[at] as string);
      at = Math.max(end, at + 1);
    }
  }

  /** Of what stands in a cell as it is: taken at once, for a string that grows by single letters takes 32 bytes for each. */
  function endOfRun(text: string, at: number): number {
    if (state === 'closed') return at;
    const run = state === 'quoted' ? quotedRun : unquotedRun;
    run.lastIndex = at;
    return run.test(text) ? run.lastIndex : at;
  }

  function takeRun(run: string): void {
    if (state === 'quoted') countLines(run);
    // spaces alone may stand before a quote
    else if (state === 'start' && /[^ ]/.test(run)) state = 'plain';
    isAfterCr = run.endsWith('\r');
    append(run);
  }

  function countLines(run: string): void {
    const isRestOfCrLf = isAfterCr && run.startsWith('\n');
    for (const _end of run.matchAll(/\r\n?|\n/g)) line += 1;
    if (isRestOfCrLf) line -= 1;
  }

  function append(run: string): void {
    const room = cellCharsMax - cell.length;
    if (room > 0) cell += run.length > room ? run.slice(0, room) : run;
  }

  /** A delimiter, the end of a line, a quote, or anything after a closing one. */
  function takeMark(char: string): void {
    const isSecondOfCrLf = char === '\n' && isAfterCr;
    isAfterCr = char === '\r';
    if (state === 'quoted') state = 'closed';
    else if (!isSecondOfCrLf) take(char);
  }

  function take(char: string): void {
    if (char === delimiter) endCell();
    else if (char === '\n' || char === '\r') endRecord();
    else if (char === quote && state === 'closed') {
      // two quotes are one
      append(quote);
      state = 'quoted';
    } else if (char === quote && state === 'start') {
      // spaces before a quote are no part of the value, nor are those after it
      cell = '';
      state = 'quoted';
      quoteLine = line;
    } else if (state === 'closed') {
      if (char !== ' ') fail('text_after_quote', line);
    } else append(char);
  }

  function endCell(): void {
    cells.push(cell);
    cell = '';
    state = 'start';
  }

  function endRecord(): void {
    const isBlank = cells.length === 0 && cell === '' && state === 'start';
    endCell();
    const record = { line: recordLine, cells };
    cells = [];
    line += 1;
    recordLine = line;
    if (!isBlank && !onRecord(record)) isStopped = true;
  }

  function fail(rule: QuoteFault['rule'], at: number): void {
    isStopped = true;
    onFault({ rule, line: at, cell: cells.length + 1 });
  }

  /** @param isWhole - false when the text was cut: what it ends in may be half a record */
  function end({ isWhole }: { isWhole: boolean }): void {
    if (isStopped || !isWhole) return;
    if (state === 'quoted') fail('quote_not_closed', quoteLine);
    else if (cells.length > 0 || cell !== '' || state !== 'start') endRecord();
  }
}

/** More than any name of a column may have, and than a value that is no text. */
const sampleCharsMax = 1000;

/** The records of a text; those after a fault are left out. */
export function readCsvRecords(text: string, delimiter: string, { isWhole }: { isWhole: boolean }) {
  const records: CsvRecord[] = [];
  const faults: QuoteFault[] = [];
  const scanner = createCsvScanner(delimiter, {
    cellCharsMax: sampleCharsMax,
    onRecord: (record) => records.push(record) > 0,
    onFault: (fault) => faults.push(fault),
  });
  scanner.push(text);
  scanner.end({ isWhole });
  return { records, fault: faults[0] };
}
