import { getColumn, refused } from './select-columns.ts';
import type { PlacedColumn } from './stored-columns.ts';
import type { Selection } from './table.ts';

export interface SortKey {
  /** As it is stored. */
  readonly column: string;
  readonly order: 'asc' | 'desc';
}

/** What rows are ordered by before their place in the file, which decides among equals. @throws AppError INPUT_INVALID */
export function sortKeys(columns: readonly PlacedColumn[], sort: Selection['sort'] = []): SortKey[] {
  return sort.map(({ column: name, order }, index) => {
    const path = ['sort', index, 'column'];
    const { type, stored } = getColumn(columns, name, path);
    if (type === 'json' || type === 'image')
      throw refused(path, 'not_sortable', `a column of type ${type} has no order`);
    return { column: stored, order };
  });
}

/** Rows without a value come last, whichever the order. */
export function orderSql(keys: readonly SortKey[]): string {
  return [
    ...keys.map(({ column, order }) => `${column} ${order.toUpperCase()} NULLS LAST`),
    'file_row_number',
  ].join(', ');
}

/**
 * True for the rows that come after one of the table. Its values are looked up by its place, so that a cursor is short
 * whatever they are.
 */
export function afterSql(keys: readonly SortKey[], row: number, table: string): string {
  const last = (column: string) => `(SELECT ${column} FROM ${table} WHERE file_row_number = ${row})`;
  const options = keys.map((key, index) => {
    const before = keys.slice(0, index).map(({ column }) => `${column} IS NOT DISTINCT FROM ${last(column)}`);
    return [...before, isAfter(key, last(key.column))].join(' AND ');
  });
  const equal = keys.map(({ column }) => `${column} IS NOT DISTINCT FROM ${last(column)}`);
  const alternatives = [...options, [...equal, `file_row_number > ${row}`].join(' AND ')];
  return `(${alternatives.map((one) => `(${one})`).join(' OR ')})`;
}

/** After a missing value nothing else comes. */
function isAfter({ column, order }: SortKey, last: string): string {
  const beyond = `${column} ${order === 'asc' ? '>' : '<'} ${last}`;
  return `coalesce(${beyond}, ${column} IS NULL AND ${last} IS NOT NULL)`;
}
