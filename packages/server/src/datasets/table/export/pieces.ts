import type { DuckDBValue } from '@duckdb/node-api';
import type { TableSource } from '../list-rows.ts';
import type { SelectionSql } from '../selection-sql.ts';
import type { PlacedColumn } from '../stored-columns.ts';
import { rowBytesSql } from '../stored-sizes.ts';

/** The rows and columns that are exported. */
export interface ExportQuery extends SelectionSql {
  readonly source: TableSource;
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
