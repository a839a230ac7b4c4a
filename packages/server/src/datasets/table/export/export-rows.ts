import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ExportFormat, Row } from '@oriel/schemas';
import { query } from '../database.ts';
import type { TableSource } from '../list-rows.ts';
import { rowBytesOf, tableSql, usualGroupRows } from '../parquet-file.ts';
import { eachRow, sentColumns } from '../read-rows.ts';
import { selectionSql } from '../selection-sql.ts';
import { identifier, literal, pathsLiteral } from '../sql.ts';
import type { PlacedColumn } from '../stored-columns.ts';
import { rowBytesSql } from '../stored-sizes.ts';
import type { Selection } from '../table.ts';
import { csvHeader, csvLine, csvLineEnd, csvLineSql } from './csv-lines.ts';
import { ndjsonLineSql } from './ndjson-lines.ts';
import { bytesSql, type ExportQuery, type Piece, pieceBytesOf } from './pieces.ts';
import { sortedPieces } from './sorted-pieces.ts';

type Export = Selection & { readonly format: ExportFormat };

/**
 * All selected rows as a file, piece by piece, as fast as they are read: what nobody reads is not made. The first piece is
 * made before this returns, so that what cannot be done is said in place of an answer.
 *
 * @throws AppError INPUT_INVALID, TABLE_MEMORY_EXCEEDED
 */
export async function exportRows(
  source: TableSource,
  selection: Export,
  signal?: AbortSignal,
): Promise<Readable> {
  signal?.throwIfAborted();
  const reader = new AbortController();
  const asked: ExportQuery = {
    source,
    ...selectionSql(source.columns, selection),
    signal: AbortSignal.any([reader.signal, ...(signal ? [signal] : [])]),
  };
  const bytes = selection.format === 'parquet' ? parquetFile(asked) : lines(asked, selection.format);
  const stream = Readable.from(await begun(bytes), { objectMode: false, ...(signal && { signal }) });
  return stream.once('close', () => reader.abort());
}

/** The same generator, whose first step is done. */
async function begun(bytes: AsyncGenerator<Buffer, void>): Promise<AsyncGenerator<Buffer, void>> {
  const first = await bytes.next();
  const next = bytes.next.bind(bytes);
  let isFirst = true;
  return Object.assign(bytes, {
    next: () => {
      if (!isFirst) return next();
      isFirst = false;
      return Promise.resolve(first);
    },
  });
}

/** What stands before the first line comes with it: nothing is sent of what cannot be read. */
async function* lines(query: ExportQuery, format: LineFormat): AsyncGenerator<Buffer, void> {
  const { source, picked } = query;
  await using folder = await source.database.openFolder();
  const linesOf = picked.length > plannedColumnsMax ? wideLines : plannedLines;
  let header = format === 'csv' ? csvHeader(picked) + csvLineEnd : '';
  for await (const piece of piecesOf(query, folder.path))
    for await (const bytes of linesOf(query, { ...piece, format, folder: folder.path })) {
      if (header !== '') yield Buffer.from(header);
      header = '';
      yield bytes;
    }
  if (header !== '') yield Buffer.from(header);
}

type LineFormat = Extract<ExportFormat, 'csv' | 'ndjson'>;

interface PieceOfLines extends Piece {
  readonly format: LineFormat;
  readonly folder: string;
}

/**
 * Lines are written to a file and passed on: DuckDB writes a million rows in a second, on a thread of its own, where
 * handing it the texts of each row would keep the event loop busy for three.
 */
async function* plannedLines(
  { source, picked, signal }: ExportQuery,
  { from, values, format, folder }: PieceOfLines,
): AsyncGenerator<Buffer, void> {
  const path = join(folder, 'lines');
  // the line end that DuckDB adds is LF
  const line = format === 'csv' ? `${csvLineSql(picked)} || chr(13)` : ndjsonLineSql(picked);
  const sql = `COPY (SELECT ${line} ${from}) TO ${literal(path)} (${plainLines})`;
  await source.database.read((connection) => connection.run(sql, values), signal);
  yield* createReadStream(path);
}

/** One column of texts that are written as they are. */
const plainLines = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u0001'";
/** Of more columns, DuckDB takes longer to plan the text of a line than we take to write all lines. */
const plannedColumnsMax = 200;

/** A row at a time: each has hundreds of values, and the event loop is to turn. */
async function* wideLines(
  { source, picked, signal }: ExportQuery,
  { from, values, format }: PieceOfLines,
): AsyncGenerator<Buffer, void> {
  const sql = `SELECT ${sentColumns(picked)} ${from}`;
  const toLine =
    format === 'csv' ? (row: Row) => csvLine(row, picked) : (row: Row) => `${JSON.stringify(row)}\n`;
  const rows = source.database.readEach(async function* (connection) {
    yield* eachRow(await connection.stream(sql, values), picked, { hasImageBytes: false });
  }, signal);
  for await (const row of rows) yield Buffer.from(toLine(row as Row));
}

/** Rows in the order of the file are read slice by slice, sorted ones from wherever they are. */
async function* piecesOf(query: ExportQuery, folder: string): AsyncGenerator<Piece, void> {
  if (query.keys.length > 0) yield* await sortedPieces(query, folder);
  else yield* slices(query);
}

const sliceCells = 500_000;

/** So many cells at a time, and fewer where they are large: how large is measured, as the size of a file says little of it. */
async function* slices(rows: ExportQuery): AsyncGenerator<Piece, void> {
  const { source, picked, where, values, signal } = rows;
  const { database } = source;
  const table = tableSql(source.path);
  const rowsMax = Math.max(2048, Math.floor(sliceCells / picked.length));
  for (let start = 0; start < source.rows; start += rowsMax) {
    const end = Math.min(source.rows, start + rowsMax);
    const measure = `SELECT CAST(sum(${bytesSql(picked)}) AS DOUBLE) FROM ${table} WHERE ${rangeSql(start, end)}`;
    const [[bytes] = []] =
      rowBytesSql(picked) === null ? [] : await database.read((one) => query(one, measure), signal);
    const step = Math.max(
      1,
      Math.floor((end - start) / Math.max(1, Number(bytes ?? 0) / pieceBytesOf(source))),
    );
    for (let from = start; from < end; from += step)
      yield {
        from: `FROM ${table} WHERE ${rangeSql(from, Math.min(end, from + step))} AND ${where}`,
        values,
      };
  }
}

function rangeSql(start: number, end: number): string {
  return `file_row_number >= ${start} AND file_row_number < ${end}`;
}

/** The end of a Parquet file tells where all else is, so it is written as a whole before it is read. */
async function* parquetFile(query: ExportQuery): AsyncGenerator<Buffer, void> {
  const { source, picked, signal } = query;
  const { database } = source;
  await using folder = await database.openFolder();
  const { from, values } = await whole(query, folder.path);
  const path = join(folder.path, 'export.parquet');
  const selected = picked.map((column) => `${valueSql(column)} AS ${identifier(column.name)}`);
  const groups = await database.read(
    async (connection) =>
      `ROW_GROUP_SIZE ${usualGroupRows(picked.length, await rowBytesOf(connection, [source.path]))}`,
  );
  const sql = `COPY (SELECT ${selected.join(', ')} ${from}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd, ${groups})`;
  await database.read((connection) => connection.run(sql, values), signal);
  yield* createReadStream(path);
}

/** All rows as one piece: what is sorted in several is put together in a file for each. */
async function whole(query: ExportQuery, folder: string): Promise<Piece> {
  const { source, picked, keys, where, values, signal } = query;
  if (keys.length === 0) return { from: `FROM ${tableSql(source.path)} WHERE ${where}`, values };
  const [first, ...others] = await sortedPieces(query, folder);
  if (first && others.length === 0) return first;
  const stored = picked.map((column) => column.stored).join(', ');
  const parts: string[] = [];
  for (const piece of first ? [first, ...others] : []) {
    const part = join(folder, `part-${parts.length}.parquet`);
    const sql = `COPY (SELECT ${stored} ${piece.from}) TO ${literal(part)} (FORMAT parquet, COMPRESSION snappy)`;
    await source.database.read((connection) => connection.run(sql, piece.values), signal);
    parts.push(part);
  }
  return { from: `FROM read_parquet(${pathsLiteral(parts)})`, values: [] };
}

function valueSql({ stored, type }: PlacedColumn): string {
  return type === 'json' ? `CAST(${stored} AS JSON)` : stored;
}
