import type { DuckDBConnection } from '@duckdb/node-api';
import type { Column, ColumnProfile } from '@oriel/schemas';
import { type PlacedColumn, placed } from '../stored-columns.ts';
import { readHistograms } from './histograms.ts';
import { readStatistics } from './statistics.ts';
import { readTopValues } from './top-values.ts';

/** Columns that are looked at in one pass: each holds some memory for what it counts. */
const columnsAtOnce = 100;

interface Profiled {
  /** SQL of what has the columns, as they are stored, and `file_row_number`. */
  readonly source: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** How many of the first columns are to be left out. */
  readonly after?: number;
  /** By name: how many values that are not finite were left out. */
  readonly notFinite?: ReadonlyMap<string, number>;
}

/** What is known of the values of each column. */
export async function profileTable(
  connection: DuckDBConnection,
  { source, rows, columns, after = 0, notFinite }: Profiled,
): Promise<ColumnProfile[]> {
  const profiles: PartialProfile[] = [];
  const all = placed(columns).slice(after);
  for (let start = 0; start < all.length; start += columnsAtOnce) {
    const some = all.slice(start, start + columnsAtOnce);
    const from = all.length > columnsAtOnce ? await copied(connection, source, some) : source;
    profiles.push(...(await profileColumns(connection, { source: from, rows }, some)));
  }
  return profiles.map((profile) => ({ ...profile, notFinite: notFinite?.get(profile.name) ?? 0 }));
}

/** Some columns of many, by themselves: each look at a file costs as much as it has columns. */
async function copied(
  connection: DuckDBConnection,
  source: string,
  columns: readonly PlacedColumn[],
): Promise<string> {
  const names = columns.map(({ stored }) => stored).join(', ');
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE profiled AS SELECT ${names}, file_row_number FROM ${source}`,
  );
  return 'profiled';
}

type PartialProfile = Omit<ColumnProfile, 'notFinite'>;

async function profileColumns(
  connection: DuckDBConnection,
  { source, rows }: Pick<Profiled, 'source' | 'rows'>,
  columns: readonly PlacedColumn[],
) {
  const statistics = await readStatistics(connection, { source, rows }, columns);
  const histograms = await readHistograms(connection, source, statistics);
  const topValues = await readTopValues(connection, source, statistics);
  return statistics.map(
    ({ column, rows: _rows, ...found }): PartialProfile => ({
      name: column.name,
      type: column.type,
      ...found,
      topValues: topValues.get(column.stored) ?? [],
      histogram: histograms.get(column.stored) ?? null,
    }),
  );
}
