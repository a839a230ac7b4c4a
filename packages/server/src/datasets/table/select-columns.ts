import type { ErrorIssue } from '@oriel/schemas';
import { AppError } from '../../errors.ts';
import type { PlacedColumn } from './stored-columns.ts';
import { shown } from './unreadable.ts';

/** The columns of these names, in their order, each once; all where none are named. @throws AppError INPUT_INVALID */
export function pickColumns(columns: readonly PlacedColumn[], names?: readonly string[]): PlacedColumn[] {
  if (!names) return [...columns];
  return [...new Set(names)].map((name, index) => getColumn(columns, name, ['columns', index]));
}

/** @throws AppError INPUT_INVALID at `path` when there is no such column */
export function getColumn(
  columns: readonly PlacedColumn[],
  name: string,
  path: ErrorIssue['path'],
): PlacedColumn {
  const column = columns.find((one) => one.name === name);
  if (column) return column;
  const known = columns.slice(0, 20).map((one) => shown(one.name));
  const more = columns.length > known.length ? ', …' : '';
  throw refused(
    path,
    'unknown_column',
    `there is no column ${shown(name)}; there are ${known.join(', ')}${more}`,
  );
}

/** A selection that does not fit the table. */
export function refused(path: ErrorIssue['path'], rule: string, message: string): AppError {
  const where = path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`))
    .join('');
  return new AppError('INPUT_INVALID', `The input is not valid. ${where}: ${message}`, {
    issues: [{ path, rule, message }],
  });
}
