import type { Column } from '@oriel/schemas';
import { type Database, query } from './database.ts';
import { exportRows } from './export/export-rows.ts';
import type { LinkedFile } from './linked-files.ts';
import { listRows } from './list-rows.ts';
import { readGroups, tableSql } from './parquet-file.ts';
import { readRows, sentColumns } from './read-rows.ts';
import { pickColumns } from './select-columns.ts';
import { type PlacedColumn, placed } from './stored-columns.ts';
import { rowBytesSql } from './stored-sizes.ts';
import type { RawRow, RowRange, Table } from './table.ts';

export interface OpenedTable {
  readonly database: Database;
  readonly file: LinkedFile;
  readonly sha256: string;
  readonly columns: readonly Column[];
  readonly rows: number;
}

/** Most rows of a piece. */
const pieceRowsMax = 2048;
/** Most bytes of a piece's texts, JSON and images. Several are in memory at once, and JSON is larger once it is read. */
const pieceBytesMax = 16 * 1024 * 1024;

/** A table's file, to be read. */
export function openTable({ database, file, sha256, columns, rows }: OpenedTable): Table {
  const source = { database, path: file.path, sha256, columns: placed(columns), rows };
  return {
    path: file.path,
    columns,
    rows,
    readRange,
    readGroups: () => database.read((connection) => readGroups(connection, file.path)),
    readPieces,
    listRows: (page) => listRows(source, page),
    export: (selection, signal) => exportRows(source, selection, signal),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };

  function readRange({ offset, limit, columns: names, hasImageBytes = false }: RowRange): Promise<RawRow[]> {
    const picked = pickColumns(source.columns, names);
    const sql = `SELECT ${sentColumns(picked)} ${fromRange(offset, limit)}`;
    return database.read(async (connection) => {
      const read: RawRow[] = [];
      for await (const some of readRows(await connection.stream(sql), picked, { hasImageBytes }))
        read.push(...some);
      return read;
    });
  }

  async function* readPieces({ offset, limit, ...how }: RowRange): AsyncGenerator<RawRow[], void> {
    const picked = pickColumns(source.columns, how.columns);
    const end = Math.min(offset + limit, rows);
    for (let first = offset; first < end; first += pieceRowsMax)
      for (const piece of await findPieces(picked, first, Math.min(pieceRowsMax, end - first)))
        yield await readRange({ ...how, ...piece });
  }

  /** Measured first: rows that are not to be read yet are not to be in memory either. */
  async function findPieces(
    picked: readonly PlacedColumn[],
    offset: number,
    limit: number,
  ): Promise<readonly Piece[]> {
    const sizeSql = rowBytesSql(picked);
    if (sizeSql === null) return [{ offset, limit }];
    const sql = `SELECT ${sizeSql} ${fromRange(offset, limit)}`;
    const sizes = await database.read((connection) => query(connection, sql));
    return toPieces(
      offset,
      sizes.map(([bytes]) => Number(bytes)),
    );
  }

  function fromRange(offset: number, limit: number): string {
    const first = Math.max(0, Math.trunc(offset));
    const end = first + Math.max(0, Math.trunc(limit));
    return `FROM ${tableSql(file.path)} WHERE file_row_number >= ${first} AND file_row_number < ${end}`;
  }
}

type Piece = Pick<RowRange, 'offset' | 'limit'>;

/** Rows that follow each other, as many together as have room: one at least. */
function toPieces(offset: number, sizes: readonly number[]): Piece[] {
  const pieces: { offset: number; limit: number }[] = [];
  let bytes = 0;
  for (const [index, rowBytes] of sizes.entries()) {
    const last = pieces.at(-1);
    bytes += rowBytes;
    if (last && bytes <= pieceBytesMax) {
      last.limit += 1;
    } else {
      pieces.push({ offset: offset + index, limit: 1 });
      bytes = rowBytes;
    }
  }
  return pieces;
}
