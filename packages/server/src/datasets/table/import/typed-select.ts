import type { DuckDBConnection } from '@duckdb/node-api';
import type { Column } from '@oriel/schemas';
import { rowBytesOf } from '../parquet-file.ts';
import { storedName, typeInSql } from '../stored-columns.ts';
import { type Chosen, chooseReadings } from './choose-readings.ts';
import type { Staged, StagedColumn } from './staged.ts';

/** How rows become a table. */
export interface TypedRows {
  readonly select: string;
  readonly columns: readonly Column[];
  /** By name: how many values are not finite, and are left out. */
  readonly notFinite: ReadonlyMap<string, number>;
  /** About how large a row is. */
  readonly rowBytes: number;
}

/** Finds the type of each column from all its rows. */
export async function findTypes(
  connection: DuckDBConnection,
  { path, source, columns }: Staged,
): Promise<TypedRows> {
  const chosen = await chooseReadings(connection, source, columns);
  const typed = columns.map((column, index) => ({ ...column, ...(chosen[index] as Chosen) }));
  const values = typed.map((column, index) => `${valueSql(column)} AS ${storedName(index)}`);
  return {
    select: `SELECT ${values.join(', ')} FROM ${source}`,
    columns: typed.map(({ name, reading }) => ({ name, type: reading.type })),
    notFinite: new Map(typed.map(({ name, notFinite }) => [name, notFinite])),
    rowBytes: await rowBytesOf(connection, [path]),
  };
}

function valueSql({ plain, known, reading, notFinite }: StagedColumn & Chosen): string {
  if (reading.type === 'text') return plain;
  const value = reading.knownSql(known);
  const finite = notFinite > 0 ? `CASE WHEN isfinite(${value}) THEN ${value} END` : value;
  return `CAST(${finite} AS ${typeInSql[reading.type].stored})`;
}
