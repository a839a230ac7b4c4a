import type { Column, ColumnType } from '@oriel/schemas';

/*
 * How a table lies in its Parquet file. Columns are called `c0`, `c1`, … there: names that people gave may differ in case
 * only, which SQL would take for one, and are so no part of any statement. What they are called, and which type they
 * have for callers, is in the file's own metadata.
 */

/** The key of the metadata that names the columns. */
export const metadataKey = 'oriel';

export function storedName(index: number): string {
  return `c${index}`;
}

export interface TypeInSql {
  /** As it is stored. `bigint` has room for 38 digits; `json` and `text` are UTF-8. */
  readonly stored: string;
  /** SQL of a value as it leaves DuckDB: nothing but numbers, booleans, texts and bytes, which are cheap to take over. */
  readonly sent: (value: string) => string;
}

/** To the millisecond, as JavaScript writes times; those that are finer keep their microseconds, by which filters find them. */
function timeText(value: string): string {
  const as = (fraction: string) => `strftime(${value}, '%Y-%m-%dT%H:%M:%S.${fraction}Z')`;
  return `CASE WHEN microsecond(${value}) % 1000 = 0 THEN ${as('%g')} ELSE ${as('%f')} END`;
}

export const typeInSql: Readonly<Record<ColumnType, TypeInSql>> = {
  boolean: { stored: 'BOOLEAN', sent: (value) => value },
  integer: { stored: 'BIGINT', sent: (value) => `CAST(${value} AS DOUBLE)` },
  bigint: { stored: 'DECIMAL(38,0)', sent: asText },
  number: { stored: 'DOUBLE', sent: (value) => value },
  text: { stored: 'VARCHAR', sent: (value) => value },
  date: { stored: 'DATE', sent: asText },
  timestamp: { stored: 'TIMESTAMP', sent: timeText },
  json: { stored: 'VARCHAR', sent: (value) => value },
  image: { stored: 'BLOB', sent: (value) => value },
};

function asText(value: string): string {
  return `CAST(${value} AS VARCHAR)`;
}

/** A column and its place in the file. */
export interface PlacedColumn extends Column {
  readonly stored: string;
}

export function placed(columns: readonly Column[]): PlacedColumn[] {
  return columns.map(({ name, type }, index) => ({ name, type, stored: storedName(index) }));
}
