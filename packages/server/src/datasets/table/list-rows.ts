import { stat } from 'node:fs/promises';
import type { DuckDBValue } from '@duckdb/node-api';
import type { Column, Row } from '@oriel/schemas';
import { fromCursor, toCursor } from './cursor.ts';
import { type Database, query } from './database.ts';
import { filterSql } from './filter-sql.ts';
import { tableSql } from './parquet-file.ts';
import { eachRow, sentColumns } from './read-rows.ts';
import { pickColumns } from './select-columns.ts';
import { afterSql, orderSql, sortKeys } from './sort-sql.ts';
import type { PlacedColumn } from './stored-columns.ts';
import { rowBytesSql } from './stored-sizes.ts';
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

/** Most bytes of a page's rows, as JSON: a page of photos has fewer rows than were asked for, and the next one goes on. */
const pageBytesMax = 32 * 1024 * 1024;
/** A page that is as large by the size of the file may be far larger by what is in it. */
const packedBytesMax = pageBytesMax / 16;

interface PageQuery {
  /** What follows FROM. */
  readonly from: string;
  readonly values: DuckDBValue[];
  readonly limit: number;
  readonly isSorted: boolean;
}

interface FoundRows {
  /** With their places. */
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
}

/** A page, and where the next one begins. @throws AppError INPUT_INVALID, TABLE_MEMORY_EXCEEDED */
export async function listRows(source: TableSource, page: Page) {
  const picked = pickColumns(source.columns, page.columns);
  const { rows, hasMore } = await findPage(source, picked, pageQuery(source, page));
  const last = hasMore ? rows.at(-1) : undefined;
  return {
    columns: picked.map(({ name, type }): Column => ({ name, type })),
    rows: rows.map(({ [placeName]: _place, ...row }) => row),
    nextCursor: last ? toCursor(Number(last[placeName]), source.sha256, page) : null,
  };
}

async function findPage(
  source: TableSource,
  picked: readonly PlacedColumn[],
  query: PageQuery,
): Promise<FoundRows> {
  if (await mayBeLarge(source, picked, query.limit)) {
    const places = await findPlaces(source, query);
    return readMeasured(source, picked, { places, limit: query.limit });
  }
  // in their order, the first that have room are the page
  if (!query.isSorted || rowBytesSql(picked) === null) return findInOrder(source, picked, query);
  // DuckDB would sort them with all of their columns, however large these are
  const places = await findPlaces(source, query);
  const { limit } = query;
  const all = await readPlaced(source, picked, fromPlaces(source, places.slice(0, limit)));
  if (all.hasMore) return readMeasured(source, picked, { places, limit });
  return { rows: inOrder(all.rows, places), hasMore: places.length > limit };
}

async function mayBeLarge(
  { path, rows }: TableSource,
  picked: readonly PlacedColumn[],
  limit: number,
): Promise<boolean> {
  if (picked.some(({ type }) => type === 'image')) return true;
  if (rowBytesSql(picked) === null) return false;
  return ((await stat(path)).size / Math.max(1, rows)) * limit > packedBytesMax;
}

/** One row more than the page has tells whether there is a next one. */
async function findInOrder(
  source: TableSource,
  picked: readonly PlacedColumn[],
  { from, values, limit }: PageQuery,
): Promise<FoundRows> {
  const { rows, hasMore } = await readPlaced(source, picked, `${from} LIMIT ${limit + 1}`, values);
  return { rows: rows.slice(0, limit), hasMore: hasMore || rows.length > limit };
}

/** Where the rows of a page are in the file, in its order; one more than it has. */
function findPlaces({ database }: TableSource, { from, values, limit }: PageQuery): Promise<number[]> {
  return database.read(async (connection) => {
    const found = await query(connection, `SELECT file_row_number ${from} LIMIT ${limit + 1}`, values);
    return found.map(([place]) => Number(place));
  });
}

interface Places {
  readonly places: readonly number[];
  readonly limit: number;
}

/** Looks first how large the rows are, and reads those that the page has room for: one at least. */
async function readMeasured(
  source: TableSource,
  picked: readonly PlacedColumn[],
  { places, limit }: Places,
): Promise<FoundRows> {
  // by themselves: DuckDB applies a LIMIT before it measures, and would hold all of these rows
  const sql = `SELECT file_row_number, ${rowBytesSql(picked) ?? 0} ${fromPlaces(source, places)}`;
  const measured = await source.database.read((connection) => query(connection, sql));
  const sizeOf = new Map(measured.map(([place, size]) => [Number(place), Number(size)]));
  const wanted = fitting(places.slice(0, limit), (place) => sizeOf.get(place) ?? 0);
  const { rows } = await readPlaced(source, picked, fromPlaces(source, wanted), [], Number.POSITIVE_INFINITY);
  // as JSON they may be larger than they are
  const fit = fitting(inOrder(rows, places), sentBytes);
  return { rows: fit, hasMore: fit.length < places.length };
}

/** The first of some that a page has room for: one at least. */
function fitting<T>(all: readonly T[], bytesOf: (one: T) => number): T[] {
  let bytes = 0;
  const end = all.findIndex((one, index) => {
    bytes += bytesOf(one);
    return bytes > pageBytesMax && index > 0;
  });
  return end === -1 ? [...all] : all.slice(0, end);
}

/** As it is sent: its place is not. */
function sentBytes(row: Row): number {
  const place = JSON.stringify({ [placeName]: row[placeName] ?? null });
  // a comma stands for the braces around the place: one that is sent, one that is not
  return Buffer.byteLength(JSON.stringify(row)) - place.length + 2;
}

function inOrder(rows: readonly Row[], places: readonly number[]): Row[] {
  const order = new Map(places.map((place, index) => [place, index]));
  const orderOf = (row: Row) => order.get(Number(row[placeName])) ?? 0;
  return rows.toSorted((a, b) => orderOf(a) - orderOf(b));
}

/** In no order; of a range, so that the rest of the file is not looked at. */
function fromPlaces({ path }: TableSource, places: readonly number[]): string {
  if (places.length === 0) return `FROM ${tableSql(path)} WHERE false`;
  const range = `file_row_number BETWEEN ${Math.min(...places)} AND ${Math.max(...places)}`;
  return `FROM ${tableSql(path)} WHERE ${range} AND file_row_number IN (${places.join(', ')})`;
}

/** The first rows that a page has room for, with their places: one at least. @returns `hasMore` where there are others */
function readPlaced(
  { database }: TableSource,
  picked: readonly PlacedColumn[],
  from: string,
  values: DuckDBValue[] = [],
  bytesMax = pageBytesMax,
): Promise<FoundRows> {
  const columns: PlacedColumn[] = [
    ...picked,
    { name: placeName, type: 'number', stored: 'CAST(file_row_number AS DOUBLE)' },
  ];
  return database.read(async (connection) => {
    const result = await connection.stream(`SELECT ${sentColumns(columns)} ${from}`, values);
    const rows: Row[] = [];
    let bytes = 0;
    // images are base64
    for await (const row of eachRow(result, columns, { hasImageBytes: false })) {
      bytes += sentBytes(row as Row);
      if (bytes > bytesMax && rows.length > 0) return { rows, hasMore: true };
      rows.push(row as Row);
    }
    return { rows, hasMore: false };
  });
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
  const from = `FROM ${table} ${where} ${order}`;
  return { from, values, limit: page.limit, isSorted: keys.length > 0 };
}
