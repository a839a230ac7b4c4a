import type { DuckDBValue } from '@duckdb/node-api';
import type { ColumnType, ErrorIssue } from '@oriel/schemas';
import { refused } from './select-columns.ts';
import type { PlacedColumn } from './stored-columns.ts';

interface Comparable {
  /** For people. */
  readonly expected: string;
  readonly fits: (value: unknown) => boolean;
  /** SQL of a parameter. */
  readonly sql: (parameter: string) => string;
}

const datePattern = /^\d{4}-\d{2}-\d{2}$/;
const timePattern = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2}))?$/;

const cast = (type: string) => (parameter: string) => `CAST(${parameter} AS ${type})`;
const isDay = (value: unknown) =>
  typeof value === 'string' &&
  datePattern.test(value) &&
  new Date(`${value}T00:00:00Z`).toJSON()?.slice(0, 10) === value;

const numeric: Comparable = { expected: 'a number', fits: Number.isFinite, sql: cast('DOUBLE') };

const comparables: Readonly<Partial<Record<ColumnType, Comparable>>> = {
  boolean: { expected: 'true or false', fits: (value) => typeof value === 'boolean', sql: cast('BOOLEAN') },
  integer: numeric,
  number: numeric,
  bigint: {
    expected: 'a whole number of at most 38 digits, as text',
    fits: (value) => (typeof value === 'string' ? /^-?\d{1,38}$/.test(value) : Number.isSafeInteger(value)),
    sql: cast('DECIMAL(38,0)'),
  },
  text: { expected: 'a text', fits: (value) => typeof value === 'string', sql: cast('VARCHAR') },
  date: { expected: 'a date like "2026-11-21"', fits: isDay, sql: cast('DATE') },
  timestamp: {
    expected: 'a time like "2026-11-21T10:00:00Z", or a date',
    fits: (value) => typeof value === 'string' && timePattern.test(value) && !Number.isNaN(Date.parse(value)),
    sql: (parameter) => `CAST(CAST(${parameter} AS TIMESTAMPTZ) AS TIMESTAMP)`,
  },
};

/** Binds a value that a column is compared with. @returns SQL of it. @throws AppError INPUT_INVALID when it does not fit */
export function comparedValue(
  { type }: PlacedColumn,
  value: unknown,
  path: ErrorIssue['path'],
  values: DuckDBValue[],
): string {
  const comparable = comparables[type];
  if (!comparable?.fits(value))
    throw refused(
      path,
      'invalid_type',
      `must be ${comparable?.expected ?? 'left out'}: the column is of type ${type}`,
    );
  // what fits is one of these
  const plain = value as string | number | boolean;
  // a number is bound as a text: the package would bind a whole one as 64 bits, which not all have room in
  values.push(typeof plain === 'number' ? String(plain) : plain);
  return comparable.sql(`$${values.length}`);
}
