import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { DuckDBValue } from '@duckdb/node-api';
import type { ExportFormat, Row } from '@oriel/schemas';
import { filterSql } from '../filter-sql.ts';
import type { TableSource } from '../list-rows.ts';
import { groupRows, tableSql } from '../parquet-file.ts';
import { readRows, sentColumns } from '../read-rows.ts';
import { pickColumns } from '../select-columns.ts';
import { orderSql, type SortKey, sortKeys } from '../sort-sql.ts';
import { identifier, literal } from '../sql.ts';
import type { PlacedColumn } from '../stored-columns.ts';
import type { Selection } from '../table.ts';
import { csvHeader, csvLine, csvLineEnd, csvLineSql } from './csv-lines.ts';
import { ndjsonLineSql } from './ndjson-lines.ts';

type Export = Selection & { readonly format: ExportFormat };

interface Query {
  readonly source: TableSource;
  readonly picked: readonly PlacedColumn[];
  readonly keys: readonly SortKey[];
  /** A condition, with parameters of these values. */
  readonly where: string;
  readonly values: DuckDBValue[];
  /** Aborted when nobody reads any more. */
  readonly signal: AbortSignal;
}

/**
 * All selected rows as a file, slice by slice, as fast as they are read: what nobody reads is not made.
 *
 * @throws AppError INPUT_INVALID
 */
export async function exportRows(
  source: TableSource,
  selection: Export,
  signal?: AbortSignal,
): Promise<Readable> {
  signal?.throwIfAborted();
  const values: DuckDBValue[] = [];
  const reader = new AbortController();
  const query: Query = {
    source,
    picked: pickColumns(source.columns, selection.columns),
    keys: sortKeys(source.columns, selection.sort),
    where: selection.filter ? filterSql(selection.filter, source.columns, values) : 'true',
    values,
    signal: AbortSignal.any([reader.signal, ...(signal ? [signal] : [])]),
  };
  const pieces = selection.format === 'parquet' ? parquetFile(query) : lines(query, selection.format);
  const stream = Readable.from(pieces, { objectMode: false, ...(signal && { signal }) });
  return stream.once('close', () => reader.abort());
}

/** FROM and what follows it. */
function rowsSql({ source, keys, where }: Query, range: string): string {
  const order = keys.length > 0 ? `ORDER BY ${orderSql(keys)}` : '';
  return `FROM ${tableSql(source.path)} WHERE ${range} AND ${where} ${order}`;
}

/**
 * Slices of lines are written to a file and passed on: DuckDB writes a million rows in a second, on a thread of its own,
 * where handing it the texts of each row would keep the event loop busy for three.
 */
async function* lines(query: Query, format: 'csv' | 'ndjson') {
  const { source, picked, signal } = query;
  if (picked.length > plannedColumnsMax) return yield* wideLines(query, format);
  await using folder = await source.database.openFolder();
  const path = join(folder.path, 'slice');
  if (format === 'csv') yield Buffer.from(csvHeader(picked) + csvLineEnd);
  // the line end that DuckDB adds is LF
  const line = format === 'csv' ? `${csvLineSql(picked)} || chr(13)` : ndjsonLineSql(picked);
  for (const range of slices(query)) {
    const sql = `COPY (SELECT ${line} ${rowsSql(query, range)}) TO ${literal(path)} (${plainLines})`;
    await source.database.withConnection((connection) => connection.run(sql, query.values), signal);
    yield* createReadStream(path);
  }
}

/** Of more columns, DuckDB takes longer to plan the text of a line than we take to write all lines. */
const plannedColumnsMax = 200;

async function* wideLines(query: Query, format: 'csv' | 'ndjson') {
  const { source, picked, signal, values } = query;
  if (format === 'csv') yield Buffer.from(csvHeader(picked) + csvLineEnd);
  const toLine =
    format === 'csv' ? (row: Row) => csvLine(row, picked) : (row: Row) => `${JSON.stringify(row)}\n`;
  using connected = await source.database.connect(signal);
  for (const range of slices(query)) {
    const sql = `SELECT ${sentColumns(picked)} ${rowsSql(query, range)}`;
    const rows = readRows(await connected.connection.stream(sql, values), picked, { hasImageBytes: false });
    // a row at a time: each has hundreds of values, and the event loop is to turn
    for await (const some of rows) for (const row of some) yield Buffer.from(toLine(row as Row));
  }
}

/** One column of texts that are written as they are. */
const plainLines = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u0001'";
const sliceCells = 500_000;

/** Conditions that cut the file into slices; sorted rows come from everywhere in it, and are one. */
function* slices({ source, picked, keys }: Query): Generator<string> {
  if (keys.length > 0) return yield 'true';
  const step = Math.max(2048, Math.floor(sliceCells / picked.length));
  for (let start = 0; start < source.rows; start += step)
    yield `file_row_number >= ${start} AND file_row_number < ${start + step}`;
}

/** The end of a Parquet file tells where all else is, so it is written as a whole before it is read. */
async function* parquetFile(query: Query) {
  const { source, picked, values, signal } = query;
  await using folder = await source.database.openFolder();
  const path = join(folder.path, 'export.parquet');
  const selected = picked.map((column) => `${valueSql(column)} AS ${identifier(column.name)}`);
  const rowBytes = (await stat(source.path)).size / Math.max(1, source.rows);
  const groups = `ROW_GROUP_SIZE ${groupRows(picked.length, rowBytes)}`;
  const options = `FORMAT parquet, COMPRESSION zstd, ${groups}`;
  const sql = `COPY (SELECT ${selected.join(', ')} ${rowsSql(query, 'true')}) TO ${literal(path)} (${options})`;
  await source.database.withConnection((connection) => connection.run(sql, values), signal);
  yield* createReadStream(path);
}

function valueSql({ stored, type }: PlacedColumn): string {
  return type === 'json' ? `CAST(${stored} AS JSON)` : stored;
}
