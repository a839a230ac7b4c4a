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
  /** @returns whether to go on */
  onRecord(record: CsvRecord): boolean;
  onFault(fault: QuoteFault): void;
}

const quote = '"';

/**
 * Reads CSV as RFC 4180 has it, in pieces as they come; LF, CRLF and CR end lines. It names the exact place of a fault,
 * but reads some 50 MB in a second on the calling thread: it looks at samples, and at files that DuckDB refused.
 */
export function createCsvScanner(delimiter: string, { onRecord, onFault }: Listener) {
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
    for (let at = 0; at < text.length; at += 1) {
      if (isStopped) return;
      // within the text
      const char = text[at] as string;
      const isSecondOfCrLf = char === '\n' && isAfterCr;
      isAfterCr = char === '\r';
      if (state === 'quoted') takeQuoted(char, isSecondOfCrLf);
      else if (!isSecondOfCrLf) take(char);
    }
  }

  function takeQuoted(char: string, isSecondOfCrLf: boolean): void {
    if (char === quote) {
      state = 'closed';
      return;
    }
    cell += char;
    if ((char === '\n' && !isSecondOfCrLf) || char === '\r') line += 1;
  }

  function take(char: string): void {
    if (char === delimiter) endCell();
    else if (char === '\n' || char === '\r') endRecord();
    else if (char === quote && state === 'closed') {
      // two quotes are one
      cell += quote;
      state = 'quoted';
    } else if (char === quote && (state === 'start' || isBlank(cell))) {
      // spaces before a quote are no part of the value, nor are those after it
      cell = '';
      state = 'quoted';
      quoteLine = line;
    } else if (state === 'closed') {
      if (char !== ' ') fail('text_after_quote', line);
    } else {
      cell += char;
      state = 'plain';
    }
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

function isBlank(cell: string): boolean {
  return /^ +$/.test(cell);
}

/** The records of a text; those after a fault are left out. */
export function readCsvRecords(text: string, delimiter: string, { isWhole }: { isWhole: boolean }) {
  const records: CsvRecord[] = [];
  const faults: QuoteFault[] = [];
  const scanner = createCsvScanner(delimiter, {
    onRecord: (record) => records.push(record) > 0,
    onFault: (fault) => faults.push(fault),
  });
  scanner.push(text);
  scanner.end({ isWhole });
  return { records, fault: faults[0] };
}
