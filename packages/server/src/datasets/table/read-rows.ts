import type { DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api';
import { cellReader } from './read-vectors.ts';
import { type PlacedColumn, typeInSql } from './stored-columns.ts';
import type { RawRow } from './table.ts';

/** The select list that `toRows` reads. */
export function sentColumns(columns: readonly PlacedColumn[]): string {
  return columns.map(({ stored, type }) => typeInSql[type].sent(stored)).join(', ');
}

interface Options {
  /** Images as bytes rather than base64. */
  readonly hasImageBytes: boolean;
}

/** The rows of an answer to a statement with `sentColumns`, a few thousand at a time: between them the event loop turns. */
export async function* readRows(
  result: DuckDBResult,
  columns: readonly PlacedColumn[],
  options: Options,
): AsyncGenerator<RawRow[]> {
  for (let chunk = await result.fetchChunk(); chunk?.rowCount; chunk = await result.fetchChunk())
    yield toRows(chunk, columns, options);
}

/** The same one by one: of a chunk that is not wanted to its end, the rest is not made. */
export async function* eachRow(
  result: DuckDBResult,
  columns: readonly PlacedColumn[],
  options: Options,
): AsyncGenerator<RawRow> {
  for (let chunk = await result.fetchChunk(); chunk?.rowCount; chunk = await result.fetchChunk()) {
    const rowAt = rowReader(chunk, columns, options);
    for (let row = 0; row < chunk.rowCount; row += 1) yield rowAt(row);
  }
}

/** One chunk as rows. */
function toRows(chunk: DuckDBDataChunk, columns: readonly PlacedColumn[], options: Options): RawRow[] {
  const rowAt = rowReader(chunk, columns, options);
  return Array.from({ length: chunk.rowCount }, (_, row) => rowAt(row));
}

/**
 * Reads single rows of a chunk, all of one shape: each begins as a copy of the same, which is quicker than adding its
 * columns.
 */
function rowReader(
  chunk: DuckDBDataChunk,
  columns: readonly PlacedColumn[],
  options: Options,
): (row: number) => RawRow {
  const names = columns.map(({ name }) => name);
  const readers = columns.map((column, index) => cellReader(chunk, index, column, options));
  const blank: RawRow = Object.fromEntries(names.map((name) => [name, null]));
  return (row) => {
    const made = { ...blank };
    for (const [index, read] of readers.entries()) made[names[index] as string] = read(row);
    return made;
  };
}
