import { join } from 'node:path';
import { query } from '../database.ts';
import { tableSql } from '../parquet-file.ts';
import { orderSql } from '../sort-sql.ts';
import { literal } from '../sql.ts';
import { bytesSql, type ExportQuery, type Piece, pieceBytesOf } from './pieces.ts';

/** DuckDB sorts smaller rows with all of their columns, and uses the disk for what does not fit into memory. */
const largeRowBytes = 1024;

/**
 * Sorted rows come from everywhere in the file. Of large ones, only the places are sorted, with the columns that decide;
 * then they are read piece by piece, each of them small enough to be sorted in memory.
 *
 * @param folder - for what is made on the way
 */
export async function sortedPieces(rows: ExportQuery, folder: string): Promise<Piece[]> {
  const { source, keys, where, values, signal } = rows;
  const table = tableSql(source.path);
  const order = `ORDER BY ${orderSql(keys)}`;
  const sorted = `FROM ${table} WHERE ${where} ${order}`;
  const rowBytes = bytesSql(rows.picked);
  if (!(await areLarge(rows, rowBytes))) return [{ from: sorted, values }];

  const places = join(folder, 'places.parquet');
  const sql = `COPY (SELECT file_row_number AS place, ${rowBytes} AS bytes ${sorted}) TO ${literal(places)} (FORMAT parquet)`;
  await source.database.read((connection) => connection.run(sql, values), signal);
  const ranges = await source.database.read(
    (connection) => query(connection, rangesSql(places, pieceBytesOf(source))),
    signal,
  );
  return ranges.map(([first, last]) => {
    const piece = `SELECT place FROM ${tableSql(places)} WHERE file_row_number BETWEEN ${first} AND ${last}`;
    return { from: `FROM ${table} WHERE file_row_number IN (${piece}) ${order}`, values: [] };
  });
}

async function areLarge({ source, where, values, signal }: ExportQuery, rowBytes: string): Promise<boolean> {
  const sql = `SELECT CAST(count(*) AS DOUBLE), CAST(sum(${rowBytes}) AS DOUBLE) FROM ${tableSql(source.path)} WHERE ${where}`;
  const [[rows, bytes] = []] = await source.database.read(
    (connection) => query(connection, sql, values),
    signal,
  );
  return Number(bytes) > pieceBytesOf(source) && Number(bytes) / Number(rows) > largeRowBytes;
}

/** SQL of the first and the last row of each piece, in their order: a piece begins where another one is full. */
function rangesSql(places: string, pieceBytes: number): string {
  const before = `sum(bytes) OVER (ROWS UNBOUNDED PRECEDING) // ${pieceBytes}`;
  return `SELECT min(row), max(row) FROM (SELECT file_row_number AS row, ${before} AS piece FROM ${tableSql(places)})
    GROUP BY piece ORDER BY piece`;
}
