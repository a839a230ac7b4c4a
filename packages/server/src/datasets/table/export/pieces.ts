import type { DuckDBValue } from '@duckdb/node-api';
import type { TableSource } from '../list-rows.ts';
import type { SortKey } from '../sort-sql.ts';
import type { PlacedColumn } from '../stored-columns.ts';
import { rowBytesSql } from '../stored-sizes.ts';

/** The rows and columns that are exported. */
export interface ExportQuery {
  readonly source: TableSource;
  readonly picked: readonly PlacedColumn[];
  readonly keys: readonly SortKey[];
  /** A condition, with parameters of these values. */
  readonly where: string;
  readonly values: DuckDBValue[];
  /** Aborted when nobody reads any more. */
  readonly signal: AbortSignal;
}

/** Rows that are read together, so few that they fit into memory several times: what follows FROM. */
export interface Piece {
  readonly from: string;
  /** Of its parameters. */
  readonly values: DuckDBValue[];
}

const numberBytes = 8;

/** SQL of how large a row is, about. */
export function bytesSql(columns: readonly PlacedColumn[]): string {
  return `${rowBytesSql(columns) ?? 0} + ${numberBytes * columns.length}`;
}

/** Lines are made in several steps, and DuckDB has all rows of a piece in some of them. */
export function pieceBytesOf({ database }: Pick<TableSource, 'database'>): number {
  return (database.memoryMb * 1024 * 1024) / 32;
}
