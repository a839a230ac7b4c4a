import { type DuckDBConnection, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import { query } from '../database.ts';
import { identifier, literal, sumSql } from '../sql.ts';
import { unpacksTooLarge } from '../unreadable.ts';

/*
 * A Parquet file of a few kilobytes can hold anything: a value that repeats is stored once, and a run of it as its length.
 * What it says of its size is the size of that. So values are counted, by what DuckDB reads by, and texts are measured,
 * which it does without making them. Like a CSV, a table has a byte for each of its values at least.
 */

/**
 * How large a Parquet file is unpacked, in bytes.
 *
 * @throws AppError DATASET_UNREADABLE when it is larger than it may be; before anything is unpacked, where its values are too many
 */
export async function measureParquet(
  connection: DuckDBConnection,
  path: string,
  unpackedBytesMax: number,
): Promise<number> {
  const values = await countValues(connection, path);
  if (values > unpackedBytesMax) throw unpacksTooLarge(unpackedBytesMax);
  const bytes = values + (await measureTexts(connection, path, unpackedBytesMax - values));
  if (bytes > unpackedBytesMax) throw unpacksTooLarge(unpackedBytesMax);
  return bytes;
}

/** Those within lists and objects, too: of each column, what it says, or one for each row where it says less. */
async function countValues(connection: DuckDBConnection, path: string): Promise<number> {
  const [[values] = []] = await query(
    connection,
    `SELECT CAST(sum(CAST(greatest(num_values, row_group_num_rows, 0) AS DOUBLE)) AS DOUBLE) FROM parquet_metadata(${literal(path)})`,
  );
  return Number(values);
}

const columnsAtOnce = 200;

async function measureTexts(connection: DuckDBConnection, path: string, bytesMax: number): Promise<number> {
  const source = `read_parquet(${literal(path)})`;
  const empty = await connection.run(`FROM ${source} LIMIT 0`);
  const types = empty.columnTypes();
  const sizes = empty.columnNames().flatMap((name, index) => {
    const bytes = bytesSql(types[index] as DuckDBType, identifier(name), 0);
    return bytes === null ? [] : [`coalesce(${bytes}, 0)`];
  });
  let total = 0;
  for (let start = 0; start < sizes.length && total <= bytesMax; start += columnsAtOnce) {
    const some = sumSql(sizes.slice(start, start + columnsAtOnce));
    const [[bytes] = []] = await query(connection, `SELECT CAST(sum(${some}) AS DOUBLE) FROM ${source}`);
    total += Number(bytes);
  }
  return total;
}

/** SQL of how many bytes a value has as JSON, beside one for each value in it; null where there are none. */
function bytesSql(type: DuckDBType, value: string, depth: number): string | null {
  if (type.typeId === DuckDBTypeId.VARCHAR) return `strlen(${value})`;
  if (type.typeId === DuckDBTypeId.BLOB) return `octet_length(${value})`;
  if (type.typeId === DuckDBTypeId.LIST || type.typeId === DuckDBTypeId.ARRAY)
    return listSql(type.valueType, value, depth);
  if (type.typeId === DuckDBTypeId.MAP)
    return sumOf([
      listSql(type.keyType, `map_keys(${value})`, depth),
      listSql(type.valueType, `map_values(${value})`, depth),
    ]);
  if (type.typeId === DuckDBTypeId.STRUCT) {
    const members = type.entryTypes.map((member, index) =>
      bytesSql(member, `struct_extract_at(${value}, ${index + 1})`, depth),
    );
    // each has the names again
    return sumOf([`${Buffer.byteLength(type.entryNames.join(''))}`, ...members]);
  }
  return isOpen.has(type.typeId) ? `strlen(CAST(${value} AS VARCHAR))` : null;
}

/** Types whose values may be of any size, and are no lists of others. */
const isOpen: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.UNION,
  DuckDBTypeId.VARIANT,
  DuckDBTypeId.GEOMETRY,
]);

function listSql(type: DuckDBType, list: string, depth: number): string | null {
  const each = `v${depth}`;
  const bytes = bytesSql(type, each, depth + 1);
  return bytes && `list_sum(list_transform(${list}, lambda ${each}: CAST(${bytes} AS DOUBLE)))`;
}

function sumOf(sizes: readonly (string | null)[]): string | null {
  const known = sizes.filter((size) => size !== null).map((size) => `coalesce(${size}, 0)`);
  return known.length > 0 ? sumSql(known) : null;
}
