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

/** One chunk as rows, all of one shape: each begins as a copy of the same, which is quicker than adding its columns. */
export function toRows(chunk: DuckDBDataChunk, columns: readonly PlacedColumn[], options: Options): RawRow[] {
  const names = columns.map(({ name }) => name);
  const readers = columns.map((column, index) => cellReader(chunk, index, column, options));
  const blank: RawRow = Object.fromEntries(names.map((name) => [name, null]));
  const rows: RawRow[] = [];
  const { rowCount } = chunk;
  for (let row = 0; row < rowCount; row += 1) {
    const made = { ...blank };
    for (const [index, read] of readers.entries()) made[names[index] as string] = read(row);
    rows.push(made);
  }
  return rows;
}
