import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  BIGINT,
  BLOB,
  BOOLEAN,
  blobValue,
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  VARCHAR,
} from '@duckdb/node-api';
import type { Column, ColumnType } from '@oriel/schemas';
import { placed, typeInSql } from './stored-columns.ts';
import type { RawRow } from './table.ts';

/** DuckDB's own unit. */
const chunkRows = 2048;
/** The event loop turns at least this often, in cells: a millisecond or two. */
const sliceCells = 4_000;

/** How values go in; what SQL reads from texts, it reads when the table is made of them. */
const appendedTypes: Readonly<Record<ColumnType, DuckDBType>> = {
  boolean: BOOLEAN,
  integer: BIGINT,
  bigint: VARCHAR,
  number: DOUBLE,
  text: VARCHAR,
  date: VARCHAR,
  timestamp: VARCHAR,
  json: VARCHAR,
  image: BLOB,
};

/** Puts rows into a temporary table. @returns a SELECT that reads them as they are stored */
export async function appendRows(
  connection: DuckDBConnection,
  columns: readonly Column[],
  rows: readonly RawRow[],
): Promise<string> {
  const columnsSql = placed(columns).map(({ stored, type }) => `${stored} ${appendedTypes[type]}`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE written (${columnsSql.join(', ')})`);
  const appender = await connection.createAppender('written', 'main', 'temp');
  const sliceRows = Math.max(1, Math.min(chunkRows, Math.floor(sliceCells / columns.length)));
  for (let start = 0; start < rows.length; start += sliceRows) {
    appendSlice(appender, columns, rows.slice(start, start + sliceRows));
    await nextTurn();
  }
  appender.flushSync();
  appender.closeSync();
  const values = placed(columns).map(({ stored, type }) => `${storedSql(stored, type)} AS ${stored}`);
  return `SELECT ${values.join(', ')} FROM written`;
}

function storedSql(appended: string, type: ColumnType): string {
  // DuckDB leaves a zone out of account where it reads a TIMESTAMP
  const value = type === 'timestamp' ? `CAST(${appended} AS TIMESTAMPTZ)` : appended;
  return `CAST(${value} AS ${typeInSql[type].stored})`;
}

function appendSlice(appender: DuckDBAppender, columns: readonly Column[], rows: readonly RawRow[]): void {
  const types = columns.map(({ type }) => appendedTypes[type]);
  const chunk = DuckDBDataChunk.create(types, rows.length);
  for (const [index, { name, type }] of columns.entries()) {
    const convert = converters[type];
    const values = new Array<DuckDBValue>(rows.length);
    for (let row = 0; row < rows.length; row += 1) {
      const value = rows[row]?.[name];
      values[row] = value === null || value === undefined ? null : convert(value, name);
    }
    chunk.setColumnValues(index, values);
  }
  appender.appendDataChunk(chunk);
}

type Converter = (value: NonNullable<RawRow[string]>, name: string) => DuckDBValue;

function wrong(name: string, type: ColumnType, value: unknown): TypeError {
  return new TypeError(`a value of the column "${name}", which is ${type}, is ${typeof value}`);
}

const toText =
  (type: ColumnType): Converter =>
  (value, name) => {
    if (typeof value !== 'string') throw wrong(name, type, value);
    return value;
  };

const converters: Readonly<Record<ColumnType, Converter>> = {
  boolean: (value, name) => {
    if (typeof value !== 'boolean') throw wrong(name, 'boolean', value);
    return value;
  },
  integer: (value, name) => {
    if (!Number.isSafeInteger(value)) throw wrong(name, 'integer', value);
    return BigInt(Number(value));
  },
  number: (value, name) => {
    if (typeof value !== 'number') throw wrong(name, 'number', value);
    // JSON has none of the others
    return Number.isFinite(value) ? value : null;
  },
  text: toText('text'),
  bigint: toText('bigint'),
  date: toText('date'),
  timestamp: toText('timestamp'),
  json: (value) => JSON.stringify(value),
  image: (value, name) => {
    if (value instanceof Uint8Array) return blobValue(value);
    if (typeof value !== 'string') throw wrong(name, 'image', value);
    return blobValue(Buffer.from(value, 'base64'));
  },
};
