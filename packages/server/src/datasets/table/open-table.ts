import type { Column } from '@oriel/schemas';
import type { Database } from './database.ts';
import { exportRows } from './export/export-rows.ts';
import type { LinkedFile } from './linked-files.ts';
import { listRows } from './list-rows.ts';
import { readGroups, tableSql } from './parquet-file.ts';
import { readRows, sentColumns } from './read-rows.ts';
import { pickColumns } from './select-columns.ts';
import { placed } from './stored-columns.ts';
import type { RawRow, RowRange, Table } from './table.ts';

export interface OpenedTable {
  readonly database: Database;
  readonly file: LinkedFile;
  readonly sha256: string;
  readonly columns: readonly Column[];
  readonly rows: number;
}

/** A table's file, to be read. */
export function openTable({ database, file, sha256, columns, rows }: OpenedTable): Table {
  const source = { database, path: file.path, sha256, columns: placed(columns), rows };
  return {
    path: file.path,
    columns,
    rows,
    readRange,
    readGroups: () => database.read((connection) => readGroups(connection, file.path)),
    listRows: (page) => listRows(source, page),
    export: (selection, signal) => exportRows(source, selection, signal),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };

  function readRange({ offset, limit, columns: names, hasImageBytes = false }: RowRange): Promise<RawRow[]> {
    const picked = pickColumns(source.columns, names);
    const from = Math.max(0, Math.trunc(offset));
    const sql = `SELECT ${sentColumns(picked)} FROM ${tableSql(file.path)}
      WHERE file_row_number >= ${from} AND file_row_number < ${from + Math.max(0, Math.trunc(limit))}`;
    return database.read(async (connection) => {
      const read: RawRow[] = [];
      for await (const some of readRows(await connection.stream(sql), picked, { hasImageBytes }))
        read.push(...some);
      return read;
    });
  }
}
