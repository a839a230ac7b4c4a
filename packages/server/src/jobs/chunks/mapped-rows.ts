import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { AnyContract } from '@oriel/schemas';
import { type MappedField, mappedFields } from '../../datasets/map-row.ts';
import type { Database } from '../../datasets/table/database.ts';
import { tableSql } from '../../datasets/table/parquet-file.ts';
import { sentColumns } from '../../datasets/table/read-rows.ts';
import { cellReader } from '../../datasets/table/read-vectors.ts';
import { type PlacedColumn, placed } from '../../datasets/table/stored-columns.ts';
import type { ChunkOfRows } from './protocol.ts';

type Input = Record<string, unknown>;

/** Few enough that what is made of them is gone before the collection of garbage would have to move it. */
const rowsAtOnce = 256;
/** Each may have many megabytes. */
const imageRowsAtOnce = 4;

/** The rows of a chunk as inputs of a model, straight from memory, some at a time; in their order. */
export async function* mappedRows(
  contract: AnyContract,
  database: Database,
  { path, columns, mapping, offset, limit }: Omit<ChunkOfRows, 'folder' | 'to'>,
): AsyncGenerator<readonly Input[], void> {
  const fields = mappedFields(contract, columns, mapping);
  const names = new Set(fields.map(({ column }) => column));
  const picked = placed(columns).filter(({ name }) => names.has(name));
  const hasImages = picked.some(({ type }) => type === 'image');
  const sql = `SELECT ${sentColumns(picked)} FROM ${tableSql(path)}
    WHERE file_row_number >= ${offset} AND file_row_number < ${offset + limit}`;
  // a connection of its own: another statement on it would end the stream
  using connected = await database.connect();
  // all of the rows at once, with long texts, would take more memory than the thread has
  const read = await connected.connection.stream(sql);
  const step = hasImages ? imageRowsAtOnce : rowsAtOnce;
  for (let chunk = await read.fetchChunk(); chunk?.rowCount; chunk = await read.fetchChunk()) {
    const { rowCount } = chunk;
    const toInput = inputReader(chunk, picked, fields);
    for (let start = 0; start < rowCount; start += step) {
      const inputs: Input[] = [];
      const end = Math.min(rowCount, start + step);
      for (let row = start; row < end; row += 1) inputs.push(toInput(row));
      yield inputs;
    }
  }
}

function inputReader(
  chunk: DuckDBDataChunk,
  columns: readonly PlacedColumn[],
  fields: readonly MappedField[],
): (row: number) => Input {
  const cells = columns.map((column, index) => cellReader(chunk, index, column, { hasImageBytes: false }));
  const sources = fields.map(({ name, column, read }) => {
    const cellOf = cells[columns.findIndex((one) => one.name === column)];
    if (!cellOf) throw new Error(`the column "${column}" is not read`);
    return { name, read, cellOf };
  });
  // to copy an object that has all fields takes half the time of adding them one by one
  const shape = Object.fromEntries(fields.map(({ name }) => [name, undefined]));
  return (row) => {
    const input: Input = { ...shape };
    let isWhole = true;
    for (const { name, read, cellOf } of sources) {
      const value = read(cellOf(row));
      if (value === undefined) isWhole = false;
      input[name] = value;
    }
    return isWhole ? input : withoutEmpty(input);
  };
}

function withoutEmpty(input: Input): Input {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}
