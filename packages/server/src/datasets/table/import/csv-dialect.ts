import { type CsvRecord, type QuoteFault, readCsvRecords } from './csv-scanner.ts';

const delimiters = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

/** How a file writes its rows, and its first ones. */
export interface CsvDialect {
  readonly delimiter: Delimiter;
  readonly records: readonly CsvRecord[];
  readonly fault: QuoteFault | undefined;
}

/**
 * The delimiter that cuts the most records into as many cells as the first one has; a comma where none cuts at all.
 *
 * @param isWhole - false when more text follows
 */
export function findDialect(
  sample: string,
  options: { isWhole: boolean; delimiter?: Delimiter },
): CsvDialect {
  const tried = (options.delimiter ? [options.delimiter] : delimiters).map((delimiter) => {
    const { records, fault } = readCsvRecords(sample, delimiter, options);
    return { delimiter, records, fault, ...agreement(records) };
  });
  const best = tried.reduce((a, b) =>
    b.share > a.share || (b.share === a.share && b.width > a.width) ? b : a,
  );
  return { delimiter: best.delimiter, records: best.records, fault: best.fault };
}

function agreement(records: readonly CsvRecord[]): { share: number; width: number } {
  const width = records[0]?.cells.length ?? 0;
  if (width < 2) return { share: 0, width };
  return { share: records.filter(({ cells }) => cells.length === width).length / records.length, width };
}
