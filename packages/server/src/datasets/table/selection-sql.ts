import type { DuckDBValue } from '@duckdb/node-api';
import type { Column } from '@oriel/schemas';
import { filterSql } from './filter-sql.ts';
import { pickColumns } from './select-columns.ts';
import { type SortKey, sortKeys } from './sort-sql.ts';
import { type PlacedColumn, placed } from './stored-columns.ts';
import type { Selection } from './table.ts';

/** A selection in the words of SQL. */
export interface SelectionSql {
  readonly picked: readonly PlacedColumn[];
  readonly keys: readonly SortKey[];
  /** Of all rows: `true`. */
  readonly where: string;
  /** What the parameters of `where` stand for. */
  readonly values: DuckDBValue[];
}

/** @throws AppError INPUT_INVALID when it does not fit the columns */
export function selectionSql(
  columns: readonly PlacedColumn[],
  { columns: names, filter, sort }: Selection,
): SelectionSql {
  const values: DuckDBValue[] = [];
  return {
    picked: pickColumns(columns, names),
    keys: sortKeys(columns, sort),
    where: filter ? filterSql(filter, columns, values) : 'true',
    values,
  };
}

/** Whether a table of these columns can be asked so; nothing of it is read. @throws AppError INPUT_INVALID when not */
export function checkSelection(columns: readonly Column[], selection: Selection): void {
  selectionSql(placed(columns), selection);
}
