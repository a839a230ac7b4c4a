import { stat } from 'node:fs/promises';
import type { DuckDBValue } from '@duckdb/node-api';
import type { Column, ColumnType, Row } from '@oriel/schemas';
import { fromCursor, toCursor } from './cursor.ts';
import { type Database, query, type Cell as SentCell } from './database.ts';
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

/** Most bytes of a page's texts and images: a page of photos has fewer rows than were asked for, and the next one goes on. */
const pageBytesMax = 32 * 1024 * 1024;
/** A page that is as large by the size of the file may be far larger by what is in it. */
const packedBytesMax = pageBytesMax / 16;

interface PageQuery {
  /** What follows FROM. */
  readonly from: string;
  readonly values: DuckDBValue[];
  readonly limit: number;
}

interface FoundRows {
  /** With their places. */
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
}

/** A page, and where the next one begins. @throws AppError INPUT_INVALID */
export async function listRows(source: TableSource, page: Page) {
  const picked = pickColumns(source.columns, page.columns);
  const asked = pageQuery(source, page);
  const { rows, hasMore } = (await mayBeLarge(source, picked, page.limit))
    ? await findLargeRows(source, picked, asked)
    : await findRows(source, picked, asked);
  const last = hasMore ? rows.at(-1) : undefined;
  return {
    columns: picked.map(({ name, type }): Column => ({ name, type })),
    rows: rows.map(({ [placeName]: _place, ...row }) => row),
    nextCursor: last ? toCursor(Number(last[placeName]), source.sha256, page) : null,
  };
}

const sizesSql: Partial<Record<ColumnType, (column: string) => string>> = {
  text: (column) => `strlen(${column})`,
  json: (column) => `strlen(${column})`,
  // base64
  image: (column) => `octet_length(${column}) * 4 // 3`,
};

async function mayBeLarge(
  { path, rows }: TableSource,
  picked: readonly PlacedColumn[],
  limit: number,
): Promise<boolean> {
  if (picked.some(({ type }) => type === 'image')) return true;
  if (!picked.some(({ type }) => sizesSql[type])) return false;
  return ((await stat(path)).size / Math.max(1, rows)) * limit > packedBytesMax;
}

/** One row more than the page has tells whether there is a next one. */
async function findRows(
  source: TableSource,
  picked: readonly PlacedColumn[],
  { from, values, limit }: PageQuery,
): Promise<FoundRows> {
  const rows = await readPlaced(source, picked, { from: `${from} LIMIT ${limit + 1}`, values });
  return { rows: rows.slice(0, limit), hasMore: rows.length > limit };
}

/** Looks first how large the rows are, and reads those that the page has room for: one at least. */
async function findLargeRows(
  source: TableSource,
  picked: readonly PlacedColumn[],
  { from, values, limit }: PageQuery,
): Promise<FoundRows> {
  const sizes = picked.flatMap(({ type, stored }) => sizesSql[type]?.(`coalesce(${stored}, '')`) ?? []);
  const measured = await source.database.withConnection(async (connection) => {
    // by themselves: DuckDB applies a LIMIT before it measures, and would hold all of these rows
    const found = await query(connection, `SELECT file_row_number ${from} LIMIT ${limit + 1}`, values);
    const all = found.map(([place]) => Number(place));
    const measures = `SELECT file_row_number, ${sizes.join(' + ')} ${fromPlaces(source, all)}`;
    const sizeOf = new Map(await query(connection, measures).then((some) => some.map(toSize)));
    return all.map((place) => [place, sizeOf.get(place) ?? 0] as const);
  });
  const places: number[] = [];
  let bytes = 0;
  for (const [place, size] of measured.slice(0, limit)) {
    bytes += size;
    if (places.length > 0 && bytes > pageBytesMax) break;
    places.push(place);
  }
  const rows = await readPlaced(source, picked, { from: fromPlaces(source, places), values: [] });
  const order = new Map(places.map((place, index) => [place, index]));
  const orderOf = (row: Row) => order.get(Number(row[placeName])) ?? 0;
  return {
    rows: rows.toSorted((a, b) => orderOf(a) - orderOf(b)),
    hasMore: places.length < measured.length,
  };
}

function toSize([place, size]: readonly (SentCell | undefined)[]): [number, number] {
  return [Number(place), Number(size)];
}

/** In no order; of a range, so that the rest of the file is not looked at. */
function fromPlaces({ path }: TableSource, places: readonly number[]): string {
  if (places.length === 0) return `FROM ${tableSql(path)} WHERE false`;
  const range = `file_row_number BETWEEN ${Math.min(...places)} AND ${Math.max(...places)}`;
  return `FROM ${tableSql(path)} WHERE ${range} AND file_row_number IN (${places.join(', ')})`;
}

async function readPlaced(
  { database }: TableSource,
  picked: readonly PlacedColumn[],
  { from, values }: Pick<PageQuery, 'from' | 'values'>,
): Promise<Row[]> {
  const columns: PlacedColumn[] = [
    ...picked,
    { name: placeName, type: 'number', stored: 'CAST(file_row_number AS DOUBLE)' },
  ];
  const rows: Row[] = [];
  await database.withConnection(async (connection) => {
    const result = await connection.stream(`SELECT ${sentColumns(columns)} ${from}`, values);
    // images are base64
    for await (const some of readRows(result, columns, { hasImageBytes: false }))
      rows.push(...(some as Row[]));
  });
  return rows;
}

/** No column is called so: names are not longer than this. */
const placeName = 'row'.padEnd(300, '.');

function pageQuery({ path, sha256, columns }: TableSource, page: Page): PageQuery {
  const values: DuckDBValue[] = [];
  const keys = sortKeys(columns, page.sort);
  const conditions = page.filter ? [filterSql(page.filter, columns, values)] : [];
  const table = tableSql(path);
  if (page.cursor !== undefined)
    conditions.push(afterSql(keys, fromCursor(page.cursor, sha256, page), table));
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const order = keys.length > 0 ? `ORDER BY ${orderSql(keys)}` : '';
  return { from: `FROM ${table} ${where} ${order}`, values, limit: page.limit };
}
