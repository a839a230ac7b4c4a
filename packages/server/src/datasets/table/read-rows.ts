import type { DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api';
import { DuckDBBlobValue } from '@duckdb/node-api';
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

/**
 * One chunk as rows. Column by column, as it lies in memory; each row gets its values in the same order, so that all
 * share one shape, which is what makes reading them fast.
 */
export function toRows(chunk: DuckDBDataChunk, columns: readonly PlacedColumn[], options: Options): RawRow[] {
  const rows: RawRow[] = Array.from({ length: chunk.rowCount }, () => ({}));
  for (const [index, column] of columns.entries()) {
    const vector = chunk.getColumnVector(index);
    const convert = converterOf(column, options);
    for (let row = 0; row < rows.length; row += 1) {
      const value = vector.getItem(row);
      // `rows` has as many
      (rows[row] as RawRow)[column.name] = convert ? convert(value) : (value as RawRow[string]);
    }
  }
  return rows;
}

type Converter = (value: unknown) => RawRow[string];

/** Undefined for what DuckDB's package gives as it should be. */
function converterOf({ type }: PlacedColumn, { hasImageBytes }: Options): Converter | undefined {
  if (type === 'json') return (value) => (typeof value === 'string' ? JSON.parse(value) : null);
  if (type !== 'image') return undefined;
  return (value) => {
    if (!(value instanceof DuckDBBlobValue)) return null;
    // a copy: the bytes belong to the chunk
    return hasImageBytes ? new Uint8Array(value.bytes) : Buffer.from(value.bytes).toString('base64');
  };
}
