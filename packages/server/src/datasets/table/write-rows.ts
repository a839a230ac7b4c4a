import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  BIGINT,
  BLOB,
  BOOLEAN,
  blobValue,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  VARCHAR,
} from '@duckdb/node-api';
import type { Column, ColumnType } from '@oriel/schemas';
import { placed, typeInSql } from './stored-columns.ts';
import type { RawRow } from './table.ts';
import { writeBooleans, writeIntegers, writeNumbers, writeTexts } from './write-vectors.ts';

/** DuckDB's own unit. */
const chunkRows = 2048;
/** The event loop turns at least this often, in cells: a millisecond or less. */
const sliceCells = 8_000;

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
  const types = columns.map(({ type }) => appendedTypes[type]);
  const sliceRows = Math.max(1, Math.min(chunkRows, Math.floor(sliceCells / columns.length)));
  for (let start = 0; start < rows.length; start += sliceRows) {
    const slice = rows.slice(start, start + sliceRows);
    const chunk = DuckDBDataChunk.create(types, slice.length);
    for (const [index, { name, type }] of columns.entries())
      writers[type](chunk, index, (row) => slice[row]?.[name] ?? null, name);
    appender.appendDataChunk(chunk);
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

type Cell = RawRow[string];
type Writer = (chunk: DuckDBDataChunk, index: number, cellOf: (row: number) => Cell, name: string) => void;

export function wrongValue(name: string, type: ColumnType, value: unknown): TypeError {
  return new TypeError(`a value of the column "${name}", which is ${type}, is ${typeof value}`);
}

const textsOf =
  (type: ColumnType): Writer =>
  (chunk, index, cellOf, name) =>
    writeTexts(chunk, index, (row) => {
      const value = cellOf(row);
      if (value === null || typeof value === 'string') return value;
      throw wrongValue(name, type, value);
    });

const writers: Readonly<Record<ColumnType, Writer>> = {
  boolean: (chunk, index, cellOf, name) =>
    writeBooleans(chunk, index, (row) => {
      const value = cellOf(row);
      if (value === null || typeof value === 'boolean') return value;
      throw wrongValue(name, 'boolean', value);
    }),
  integer: (chunk, index, cellOf, name) =>
    writeIntegers(chunk, index, (row) => {
      const value = cellOf(row);
      if (value === null || (typeof value === 'number' && Number.isSafeInteger(value))) return value;
      throw wrongValue(name, 'integer', value);
    }),
  number: (chunk, index, cellOf, name) =>
    writeNumbers(chunk, index, (row) => {
      const value = cellOf(row);
      if (value === null) return null;
      if (typeof value !== 'number') throw wrongValue(name, 'number', value);
      // JSON has none of the others
      return Number.isFinite(value) ? value : null;
    }),
  text: textsOf('text'),
  bigint: textsOf('bigint'),
  date: textsOf('date'),
  timestamp: textsOf('timestamp'),
  json: (chunk, index, cellOf) =>
    writeTexts(chunk, index, (row) => {
      const value = cellOf(row);
      return value === null ? null : JSON.stringify(value);
    }),
  image: (chunk, index, cellOf, name) => {
    const vector = chunk.getColumnVector(index);
    for (let row = 0; row < chunk.rowCount; row += 1) vector.setItem(row, toBlob(cellOf(row), name));
    vector.flush();
  },
};

function toBlob(value: Cell, name: string) {
  if (value === null) return null;
  if (value instanceof Uint8Array) return blobValue(value);
  if (typeof value !== 'string') throw wrongValue(name, 'image', value);
  return blobValue(Buffer.from(value, 'base64'));
}
