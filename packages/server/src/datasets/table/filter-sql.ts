import type { DuckDBValue } from '@duckdb/node-api';
import type { ErrorIssue, RowFilter } from '@oriel/schemas';
import { comparedValue } from './compared-value.ts';
import { getColumn, refused } from './select-columns.ts';
import type { PlacedColumn } from './stored-columns.ts';

type Path = ErrorIssue['path'];

/** More would take longer to plan than to run. */
const comparisonsMax = 500;
const depthMax = 10;

interface Writing {
  readonly columns: readonly PlacedColumn[];
  /** What `$1`, `$2`, … stand for. */
  readonly values: DuckDBValue[];
  comparisons: number;
}

/**
 * A filter as SQL: names of ours, and parameters for everything that the caller wrote. As in SQL, no comparison is true
 * of a missing value, `ne` neither: `isNull` finds those.
 *
 * @param values - to which the values of the parameters are added
 * @throws AppError INPUT_INVALID with the path, when it does not fit the columns
 */
export function filterSql(
  filter: RowFilter,
  columns: readonly PlacedColumn[],
  values: DuckDBValue[],
): string {
  return write(filter, ['filter'], { columns, values, comparisons: 0 });
}

function write(filter: RowFilter, path: Path, writing: Writing): string {
  if (path.length > 2 * depthMax)
    throw refused(path, 'too_deep', `and, or may lie at most ${depthMax} levels deep in each other`);
  if ('and' in filter) return join(filter.and, 'AND', [...path, 'and'], writing);
  if ('or' in filter) return join(filter.or, 'OR', [...path, 'or'], writing);
  writing.comparisons += 1;
  if (writing.comparisons > comparisonsMax)
    throw refused(path, 'too_many', `a filter may have at most ${comparisonsMax} comparisons`);
  return compare(filter, path, writing);
}

function join(filters: readonly RowFilter[], word: 'AND' | 'OR', path: Path, writing: Writing): string {
  return `(${filters.map((filter, index) => write(filter, [...path, index], writing)).join(` ${word} `)})`;
}

const operators = { eq: '=', ne: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

type Comparison = Extract<RowFilter, { column: string }>;

function compare(filter: Comparison, path: Path, { columns, values }: Writing): string {
  const column = getColumn(columns, filter.column, [...path, 'column']);
  const { stored, type } = column;
  if (filter.op === 'isNull') return `${stored} IS ${filter.value ? '' : 'NOT '}NULL`;
  if (type === 'json' || type === 'image')
    throw refused([...path, 'op'], 'wrong_operator', `of a column of type ${type}, only isNull can be asked`);
  const bind = (value: unknown, at: Path) => comparedValue(column, value, at, values);
  if (filter.op === 'in') {
    const list = filter.values.map((value, index) => bind(value, [...path, 'values', index]));
    return `${stored} IN (${list.join(', ')})`;
  }
  if (filter.op === 'contains') {
    if (type !== 'text')
      throw refused(
        [...path, 'op'],
        'wrong_operator',
        `contains looks in texts; this column is of type ${type}`,
      );
    return `contains(lower(${stored}), lower(${bind(filter.value, [...path, 'value'])}))`;
  }
  if (type === 'boolean' && filter.op !== 'eq' && filter.op !== 'ne')
    throw refused([...path, 'op'], 'wrong_operator', 'truths are only equal or not: use eq or ne');
  return `${stored} ${operators[filter.op]} ${bind(filter.value, [...path, 'value'])}`;
}
