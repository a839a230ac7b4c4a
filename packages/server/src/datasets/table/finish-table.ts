import type { DuckDBConnection } from '@duckdb/node-api';
import type { Cell, Column, Row } from '@oriel/schemas';
import type { Blob, BlobStorage } from '../../storage/blob-storage.ts';
import { tableSql } from './parquet-file.ts';
import { readRows, sentColumns } from './read-rows.ts';
import { type PlacedColumn, placed } from './stored-columns.ts';
import type { ImportedTable } from './table.ts';

/** Rows and cells of a preview: of a wide table, it has fewer rows. */
const previewRowsMax = 50;
const previewCellsMax = 5000;
/** Longest text of a preview; the rest of it is told by an ellipsis. */
const previewCharsMax = 500;

interface Finished {
  /** Of the table's file, which is taken. */
  readonly path: string;
  /** What the file is, where that is known. */
  readonly blob?: Blob;
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** Stores a table's file, and keeps its first rows at hand. */
export async function finishTable(
  connection: DuckDBConnection,
  storage: Pick<BlobStorage, 'takeFile'>,
  { path, blob, rows, columns }: Finished,
): Promise<Omit<ImportedTable, 'profile'>> {
  const preview = await readPreview(connection, path, columns);
  return { parquet: await storage.takeFile(path, blob), rows, columns, preview };
}

async function readPreview(connection: DuckDBConnection, path: string, columns: readonly Column[]) {
  const limit = Math.max(1, Math.min(previewRowsMax, Math.floor(previewCellsMax / columns.length)));
  const all = placed(columns);
  const shown = sentColumns(all.map(asShown));
  const result = await connection.run(`SELECT ${shown} FROM ${tableSql(path)} LIMIT ${limit}`);
  const rows: Row[] = [];
  // without images there are no bytes
  for await (const some of readRows(result, all.map(asJson), { hasImageBytes: false }))
    rows.push(...some.map((row) => toPreview(row as Row)));
  return rows;
}

/** Of an image, how large it is. */
function asShown(column: PlacedColumn): PlacedColumn {
  if (column.type !== 'image') return column;
  return {
    ...column,
    type: 'json',
    stored: `CASE WHEN ${column.stored} IS NOT NULL THEN '{"sizeBytes":' || octet_length(${column.stored}) || '}' END`,
  };
}

function asJson(column: PlacedColumn): PlacedColumn {
  return column.type === 'image' ? { ...column, type: 'json' } : column;
}

function toPreview(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, shortened(value)]));
}

function shortened(value: Cell): Cell {
  if (typeof value === 'string') return cut(value);
  if (typeof value !== 'object' || value === null) return value;
  const json = JSON.stringify(value);
  return json.length > previewCharsMax ? cut(json) : value;
}

function cut(text: string): string {
  return text.length > previewCharsMax ? `${text.slice(0, previewCharsMax).toWellFormed()}…` : text;
}
