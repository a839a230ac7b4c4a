import type { DuckDBConnection } from '@duckdb/node-api';
import { columnNameCharsMax } from '@oriel/schemas';
import { query } from '../database.ts';
import { WideTable } from '../databases.ts';
import { literal } from '../sql.ts';
import { storedName } from '../stored-columns.ts';
import { unreadable } from '../unreadable.ts';
import { checkColumnCount, columnNames } from './column-names.ts';
import type { ImportLimits } from './import-file.ts';
import { measureParquet } from './parquet-size.ts';
import { type ParquetColumn, parquetValues } from './parquet-types.ts';
import type { TypedRows } from './typed-select.ts';

/** Takes a Parquet file of others over: its own types, as ours. @throws AppError DATASET_UNREADABLE */
export async function readParquet(
  connection: DuckDBConnection,
  path: string,
  limits: Pick<ImportLimits, 'rowsMax' | 'unpackedBytesMax'> & { readonly columnsMax: number },
): Promise<TypedRows> {
  const rows = await countRows(connection, path, limits.rowsMax);
  const columns = await findColumns(connection, path);
  if (columns.length > limits.columnsMax) throw new WideTable(columns.length);
  const unpackedBytes = await measureParquet(connection, path, limits.unpackedBytesMax);
  const source = `read_parquet(${literal(path)})`;
  const values = await parquetValues(connection, source, columns);
  const select = values.map(({ sql }, index) => `${sql} AS ${storedName(index)}`);
  return {
    select: `SELECT ${select.join(', ')} FROM ${source}`,
    columns: values.map(({ name, type }) => ({ name, type })),
    notFinite: new Map(values.map(({ name, notFinite }) => [name, notFinite])),
    rowBytes: unpackedBytes / rows,
  };
}

async function countRows(connection: DuckDBConnection, path: string, rowsMax: number): Promise<number> {
  const rows = await connect(async () => {
    const [[count] = []] = await query(
      connection,
      `SELECT CAST(num_rows AS DOUBLE) FROM parquet_file_metadata(${literal(path)})`,
    );
    return Number(count);
  });
  if (rows === 0) throw unreadable({ rule: 'no_rows', message: 'It has no rows.' });
  if (rows > rowsMax) {
    const message = `It says that it has ${rows} rows; at most ${rowsMax} are read.`;
    throw unreadable({ rule: 'too_many_rows', message });
  }
  return rows;
}

/** @throws AppError DATASET_UNREADABLE for what its first look already shows */
async function connect<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    const isEncrypted = error instanceof Error && /encrypt/i.test(error.message);
    const message = isEncrypted
      ? 'It is an encrypted Parquet file. Write it without encryption.'
      : 'It is a damaged Parquet file, or was cut off: its end does not say what is in it.';
    throw unreadable({ rule: isEncrypted ? 'encrypted' : 'damaged', message }, error);
  }
}

/** What the file calls its columns: DuckDB gives a second column of a name another one, silently. */
async function findColumns(connection: DuckDBConnection, path: string): Promise<ParquetColumn[]> {
  const described = await connect(() =>
    query(connection, `SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet(${literal(path)}))`),
  );
  checkColumnCount(described.length);
  const names = columnNames(await ownNames(connection, path));
  return described.map(([stored, type], index) => ({
    name: names[index] ?? String(stored).slice(0, columnNameCharsMax),
    stored: String(stored),
    sqlType: String(type),
  }));
}

/** Of the columns, in their order; those within others are left out. */
async function ownNames(connection: DuckDBConnection, path: string): Promise<string[]> {
  const elements = await query(
    connection,
    `SELECT name, CAST(coalesce(num_children, 0) AS DOUBLE) FROM parquet_schema(${literal(path)})`,
  );
  const names: string[] = [];
  const pending: number[] = [];
  for (const [name, children] of elements.slice(1)) {
    while (pending.at(-1) === 0) pending.pop();
    const depth = pending.length;
    if (depth === 0) names.push(String(name));
    else pending[depth - 1] = (pending[depth - 1] ?? 1) - 1;
    if (Number(children) > 0) pending.push(Number(children));
  }
  return names;
}
