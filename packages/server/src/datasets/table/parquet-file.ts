import type { DuckDBConnection } from '@duckdb/node-api';
import { type Column, columnTypeSchema } from '@oriel/schemas';
import { z } from 'zod';
import { query } from './database.ts';
import { literal, pathsLiteral } from './sql.ts';
import { metadataKey } from './stored-columns.ts';

/** What is written about a table beside its values. */
const metadataSchema = z.object({ columns: z.array(z.tuple([z.string(), columnTypeSchema])) });

/** A chunk of a job reads some ten thousand rows: larger groups would make it decode more than it needs. */
const groupRowsMax = 20_480;
/** A group is held in memory while it is written. */
const groupCellsMax = 1_000_000;
const groupBytesMax = 16 * 1024 * 1024;
/** DuckDB's own unit: it writes no smaller groups. */
const groupRowsMin = 2048;

interface Write {
  /** A SELECT that names its columns as they are stored. */
  readonly select: string;
  readonly columns: readonly Column[];
  readonly path: string;
  /** About how large a row is, where rows are large. */
  readonly rowBytes?: number | undefined;
  /** Rows of each group. Left out: by how many columns there are, and how large rows are. */
  readonly groupRows?: number | undefined;
}

/** Writes what a SELECT answers as a table's file. @returns how many rows */
export async function writeParquet(connection: DuckDBConnection, write: Write) {
  const { select, columns, path, rowBytes, groupRows = usualGroupRows(columns.length, rowBytes) } = write;
  const options = [
    'FORMAT parquet',
    // images are packed already; of zstd, a higher level takes a fifth longer for a twentieth of the size
    columns.some(({ type }) => type === 'image')
      ? 'COMPRESSION snappy'
      : 'COMPRESSION zstd, COMPRESSION_LEVEL 1',
    // its encodings of numbers are quicker and smaller than the older ones
    'PARQUET_VERSION v2',
    `ROW_GROUP_SIZE ${groupRows}`,
    `KV_METADATA {${metadataKey}: ${literal(tableMetadata(columns))}}`,
  ];
  const [[rows] = []] = await query(
    connection,
    `COPY (${select}) TO ${literal(path)} (${options.join(', ')})`,
  );
  return Number(rows);
}

/** What a table's file says of itself, under the metadata's key. */
export function tableMetadata(columns: readonly Column[]): string {
  return JSON.stringify({ columns: columns.map(({ name, type }) => [name, type]) });
}

export function usualGroupRows(columnCount: number, rowBytes = 0): number {
  const rows = Math.max(groupRowsMin, Math.min(groupRowsMax, Math.floor(groupCellsMax / columnCount)));
  return rowBytes > 0 ? Math.max(1, Math.min(rows, Math.floor(groupBytesMax / rowBytes))) : rows;
}

/** About how large a row of some files is in memory. The size of the files does not tell: texts pack well. */
export async function rowBytesOf(connection: DuckDBConnection, paths: readonly string[]): Promise<number> {
  const [[bytes, rows] = []] = await query(
    connection,
    `SELECT (SELECT CAST(sum(total_uncompressed_size) AS DOUBLE) FROM parquet_metadata(${pathsLiteral(paths)})),
       (SELECT CAST(sum(num_rows) AS DOUBLE) FROM parquet_file_metadata(${pathsLiteral(paths)}))`,
  );
  return Number(bytes) / Math.max(1, Number(rows));
}

/** Rows of each group of a table's file. */
export async function readGroups(connection: DuckDBConnection, path: string): Promise<number[]> {
  const groups = await query(
    connection,
    `SELECT row_group_num_rows FROM parquet_metadata(${literal(path)}) WHERE column_id = 0 ORDER BY row_group_id`,
  );
  return groups.map(([rows]) => Number(rows));
}

/** The columns and rows of a table's file, which the caller knows to be one. */
export async function describeParquet(connection: DuckDBConnection, path: string) {
  const [description] = await describeParquets(connection, [path]);
  if (!description) throw new Error('the file has no metadata of a table');
  return description;
}

/** The same of several, in their order. */
export async function describeParquets(connection: DuckDBConnection, paths: readonly string[]) {
  const metadata = await query(
    connection,
    `SELECT file_name, decode(value) FROM parquet_kv_metadata(${pathsLiteral(paths)}) WHERE decode(key) = ${literal(metadataKey)}`,
  );
  const counts = await query(
    connection,
    `SELECT file_name, CAST(num_rows AS DOUBLE) FROM parquet_file_metadata(${pathsLiteral(paths)})`,
  );
  const columnsOf = new Map(metadata.map(([name, json]) => [name, toColumns(String(json))]));
  const rowsOf = new Map(counts.map(([name, rows]) => [name, Number(rows)]));
  return paths.map((path) => {
    const columns = columnsOf.get(path);
    const rows = rowsOf.get(path);
    if (!columns || rows === undefined) throw new Error('the file has no metadata of a table');
    return { columns, rows };
  });
}

function toColumns(json: string): Column[] {
  return metadataSchema.parse(JSON.parse(json)).columns.map(([name, type]) => ({ name, type }));
}

/** SQL of a table's file, with `file_row_number` beside its columns: by it a range is read without the rows before it. */
export function tableSql(path: string): string {
  return `read_parquet(${literal(path)}, file_row_number = true)`;
}
