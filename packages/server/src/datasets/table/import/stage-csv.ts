import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { query } from '../database.ts';
import { WideTable } from '../databases.ts';
import { usualGroupRows } from '../parquet-file.ts';
import { literal } from '../sql.ts';
import { storedName } from '../stored-columns.ts';
import { unreadable } from '../unreadable.ts';
import { columnNames } from './column-names.ts';
import { type CsvDialect, type Delimiter, findDialect } from './csv-dialect.ts';
import { findCsvFaults } from './csv-faults.ts';
import { hasHeader, likelyReadings } from './csv-header.ts';
import { readStart } from './open-text.ts';
import { missingWords, textReadings } from './readings.ts';
import { rewriteCsv } from './rewrite-csv.ts';
import type { Staged, StagedColumn } from './staged.ts';

/** A row longer than this is refused. */
const lineBytesMax = 8 * 1024 * 1024;
/** How much of a file is looked at when its first lines are long. */
const longStartBytes = 2 * lineBytesMax;

interface Csv {
  readonly connection: DuckDBConnection;
  /** UTF-8. */
  readonly path: string;
  readonly folder: string;
  readonly delimiter?: Delimiter | undefined;
  /** @see WideTable */
  readonly columnsMax: number;
  readonly signal?: AbortSignal | undefined;
}

/** Reads a CSV file as texts. @throws AppError DATASET_UNREADABLE with the lines of what is wrong */
export async function stageCsv(csv: Csv): Promise<Staged> {
  const dialect = await readDialect(csv);
  const layout = layoutOf(dialect);
  if (layout.names.length > csv.columnsMax) throw new WideTable(layout.names.length);
  const path = join(csv.folder, 'staged.parquet');
  const rows = await stageSound(csv, layout, path);
  if (rows === 0)
    throw unreadable({ rule: 'no_rows', message: 'It has no rows: nothing follows the header.' });
  return { path, source: `read_parquet(${literal(path)})`, columns: stagedColumns(dialect, layout) };
}

interface Layout {
  readonly delimiter: Delimiter;
  readonly names: readonly string[];
  readonly hasHeader: boolean;
  readonly firstLine: number;
  /** About how large a row is, by the first ones. */
  readonly rowBytes: number;
}

type SampledDialect = CsvDialect & {
  /** Of all that the records were found in. */
  readonly sampleBytes: number;
};

async function readDialect({ path, delimiter }: Csv): Promise<SampledDialect> {
  const find = async (bytesMax?: number) => {
    const { bytes, isWhole } = await readStart(path, bytesMax);
    // a character that is cut at the end is in a record that is cut, too
    const sample = bytes.toString('utf8').replace(/^\ufeff/, '');
    const found = findDialect(sample, { isWhole, ...(delimiter && { delimiter }) });
    return { isWhole, dialect: { ...found, sampleBytes: bytes.length } };
  };
  const { isWhole, dialect } = await find();
  return isWhole || dialect.records.length > 1 ? dialect : (await find(longStartBytes)).dialect;
}

/** What Excel takes as a hint would be taken for the names of the columns. */
const separatorLine = /^sep=.?\s*$/i;

function layoutOf({ delimiter, records, fault, sampleBytes }: SampledDialect): Layout {
  const [first] = records;
  if (!first) {
    const message = fault
      ? `In line ${fault.line}, column ${fault.cell}, of the header, a quote is not closed, or text follows it.`
      : 'It has no rows.';
    throw unreadable({ rule: fault?.rule ?? 'no_rows', line: fault?.line, message });
  }
  if (separatorLine.test(first.cells.join(delimiter)))
    throw unreadable({
      rule: 'separator_line',
      line: first.line,
      message: `Line ${first.line} says how cells are separated, which only Excel reads. Remove that line.`,
    });
  const isNamed = hasHeader(records);
  const header = isNamed ? first.cells : first.cells.map(() => '');
  const names = columnNames(header, first.line);
  const rowBytes = sampleBytes / records.length;
  return { delimiter, names, hasHeader: isNamed, firstLine: first.line, rowBytes };
}

/** @returns how many rows it has */
async function stageSound(csv: Csv, layout: Layout, to: string): Promise<number> {
  try {
    return await stage(csv, csv.path, layout, to);
  } catch (error) {
    csv.signal?.throwIfAborted();
    const message = error instanceof Error ? error.message : '';
    if (!/CSV/.test(message)) throw error;
    const [fault, ...others] = await findCsvFaults(csv.path, { ...layout, signal: csv.signal });
    if (fault) throw unreadable([fault, ...others], error);
    return await stageRewritten(csv, layout, to, message);
  }
}

async function stageRewritten(csv: Csv, layout: Layout, to: string, refusal: string): Promise<number> {
  const { path, folder, signal } = csv;
  if (/Maximum line size/.test(refusal)) throw lineTooLong(refusal);
  const rewritten = join(folder, 'rewritten.csv');
  await rewriteCsv({ path, to: rewritten, delimiter: layout.delimiter, signal });
  return await stage(csv, rewritten, layout, to);
}

function lineTooLong(refusal: string) {
  const line = Number(/on Line: (\d+)/.exec(refusal)?.[1] ?? 1);
  const message = `Line ${line} is longer than ${lineBytesMax} bytes, the most that a row may have.`;
  return unreadable({ rule: 'line_too_long', line, message });
}

async function stage({ connection }: Csv, path: string, layout: Layout, to: string): Promise<number> {
  const columns = layout.names.map((_name, index) => `${storedName(index)}: 'VARCHAR'`);
  const options = [
    'auto_detect = false',
    `header = ${layout.hasHeader}`,
    `delim = ${literal(layout.delimiter)}`,
    `quote = '"', escape = '"', strict_mode = true, null_padding = false, ignore_errors = false`,
    `max_line_size = ${lineBytesMax}, buffer_size = ${4 * lineBytesMax}`,
    `columns = {${columns.join(', ')}}`,
  ];
  const [[rows] = []] = await query(
    connection,
    `COPY (FROM read_csv(${literal(path)}, ${options.join(', ')})) TO ${literal(to)}
     (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${usualGroupRows(layout.names.length, layout.rowBytes)})`,
  );
  return Number(rows);
}

function stagedColumns({ records }: CsvDialect, layout: Layout): StagedColumn[] {
  const readings = textReadings({ hasDecimalComma: layout.delimiter === ';' });
  const rows = layout.hasHeader ? records.slice(1) : records;
  return layout.names.map((name, index) => {
    const plain = storedName(index);
    const texts = rows.slice(0, sampleRows).map(({ cells }) => cells[index] ?? '');
    return {
      name,
      plain,
      text: presentSql(plain),
      known: `trim(${plain})`,
      candidates: likelyReadings(readings, texts),
    };
  });
}

const sampleRows = 500;
const missingSql = ['', ...missingWords].map(literal).join(', ');

/** The cell without the spaces around it; null where that leaves nothing, or a word for it. */
function presentSql(cell: string): string {
  // not IN: DuckDB makes a join of it, for each column
  return `CASE WHEN NOT list_contains([${missingSql}], trim(${cell})) THEN trim(${cell}) END`;
}
