import type { DuckDBValue } from '@duckdb/node-api';
import type { Column, Row } from '@oriel/schemas';
import { fromCursor, toCursor } from './cursor.ts';
import type { Database } from './database.ts';
import { filterSql } from './filter-sql.ts';
import { tableSql } from './parquet-file.ts';
import { readRows, sentColumns } from './read-rows.ts';
import { pickColumns } from './select-columns.ts';
import { afterSql, orderSql, sortKeys } from './sort-sql.ts';
import type { PlacedColumn } from './stored-columns.ts';
import type { Selection } from './table.ts';

/** A table's file that is open. */
export interface TableSource {
  readonly database: Database;
  readonly path: string;
  readonly sha256: string;
  readonly columns: readonly PlacedColumn[];
  readonly rows: number;
}

type Page = Selection & { readonly limit: number; readonly cursor?: string | undefined };

/** A page, and where the next one begins. @throws AppError INPUT_INVALID */
export async function listRows(source: TableSource, page: Page) {
  const picked = pickColumns(source.columns, page.columns);
  const { sql, values } = pageSql(source, picked, page);
  const place: PlacedColumn = { name: placeName, type: 'number', stored: 'file_row_number' };
  const rows: Row[] = [];
  await source.database.withConnection(async (connection) => {
    const result = await connection.stream(sql, values);
    // images are base64
    for await (const some of readRows(result, [...picked, place], { hasImageBytes: false }))
      rows.push(...(some as Row[]));
  });
  const last = rows.length > page.limit ? rows[page.limit - 1] : undefined;
  return {
    columns: picked.map(({ name, type }): Column => ({ name, type })),
    rows: rows.slice(0, page.limit).map(({ [placeName]: _place, ...row }) => row),
    nextCursor: last ? toCursor(Number(last[placeName]), source.sha256, page) : null,
  };
}

/** No column is called so: names are not longer than this. */
const placeName = 'row'.padEnd(300, '.');

/** One row more than the page has tells whether there is a next one. */
function pageSql({ path, sha256, columns }: TableSource, picked: readonly PlacedColumn[], page: Page) {
  const values: DuckDBValue[] = [];
  const keys = sortKeys(columns, page.sort);
  const conditions = page.filter ? [filterSql(page.filter, columns, values)] : [];
  const table = tableSql(path);
  if (page.cursor !== undefined)
    conditions.push(afterSql(keys, fromCursor(page.cursor, sha256, page), table));
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const order = keys.length > 0 ? `ORDER BY ${orderSql(keys)}` : '';
  const sent = [sentColumns(picked), 'CAST(file_row_number AS DOUBLE)'].filter(Boolean).join(', ');
  return { sql: `SELECT ${sent} FROM ${table} ${where} ${order} LIMIT ${page.limit + 1}`, values };
}
