import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnProfile } from '@oriel/schemas';
import { z } from 'zod';
import { type Cell, query } from '../database.ts';
import { type PlacedColumn, typeInSql } from '../stored-columns.ts';

export interface Statistics
  extends Pick<ColumnProfile, 'nulls' | 'distinct' | 'min' | 'max' | 'mean' | 'quantiles'> {
  readonly column: PlacedColumn;
  readonly rows: number;
}

const parts = 6;
const shares = [0.05, 0.25, 0.5, 0.75, 0.95];
/** Longest text that is told; a profile is a summary. */
export const shownCharsMax = 200;

const isNumeric = ({ type }: PlacedColumn) => type === 'integer' || type === 'number';
const isTime = ({ type }: PlacedColumn) => type === 'date' || type === 'timestamp';
const hasOrder = ({ type }: PlacedColumn) => type !== 'json' && type !== 'image';

/**
 * Of so many rows and more quantiles are told: an estimate of all of them is no closer, and takes as long as everything
 * else that is told.
 */
const sampleRowsMin = 100_000;
/** What is rarer is not in a sample. */
const sampledShareMin = 0.5;

interface Rows {
  /** SQL that has `file_row_number` beside the columns. */
  readonly source: string;
  readonly rows: number;
}

/** Counts, extremes, mean and quantiles of some columns, in one pass over them. */
export async function readStatistics(
  connection: DuckDBConnection,
  { source, rows }: Rows,
  columns: readonly PlacedColumn[],
): Promise<Statistics[]> {
  const every = Math.max(1, Math.floor(rows / sampleRowsMin));
  const selected = columns.map((column) => partsOf(column, every).join(', '));
  const answer = await queryRow(connection, `SELECT ${selected.join(', ')} FROM ${source}`);
  const found = columns.map((column, index) => toStatistics(column, rows, answer.slice(parts * index)));
  const isRare = ({ nulls }: Statistics) => rows - nulls < sampledShareMin * rows;
  const again = every > 1 ? found.filter((one) => isRare(one) && hasQuantiles(one.column)) : [];
  if (again.length === 0) return found;
  const quantiles = again.map(({ column }) => quantilesSql(column, 1));
  const exact = await queryRow(connection, `SELECT ${quantiles.join(', ')} FROM ${source}`);
  return found.map((one) => {
    const place = again.indexOf(one);
    return place === -1 ? one : { ...one, quantiles: toQuantiles(exact[place]) };
  });
}

async function queryRow(connection: DuckDBConnection, sql: string): Promise<readonly Cell[]> {
  const [row = []] = await query(connection, sql);
  return row;
}

function toStatistics(column: PlacedColumn, rows: number, answer: readonly Cell[]): Statistics {
  const [present, distinct, min, max, mean, quantiles] = answer;
  return {
    column,
    rows,
    nulls: rows - Number(present),
    // it is an estimate, which may be too high
    distinct: Math.min(Number(distinct), Number(present)),
    min: min ?? null,
    max: max ?? null,
    mean: typeof mean === 'number' && Number.isFinite(mean) ? mean : null,
    quantiles: toQuantiles(quantiles),
  };
}

function hasQuantiles(column: PlacedColumn): boolean {
  return isNumeric(column) || isTime(column);
}

/** `parts` of them. @param every - one of so many rows is looked at for quantiles */
function partsOf(column: PlacedColumn, every: number): string[] {
  const { stored, type } = column;
  if (!hasOrder(column)) return [`count(${stored})`, '0', 'NULL', 'NULL', 'NULL', 'NULL'];
  const sent = (value: string) =>
    type === 'text' ? `left(${value}, ${shownCharsMax})` : typeInSql[type].sent(value);
  return [
    `count(${stored})`,
    `approx_count_distinct(${stored})`,
    sent(`min(${stored})`),
    sent(`max(${stored})`),
    isNumeric(column) ? `avg(${stored})` : 'NULL',
    hasQuantiles(column) ? quantilesSql(column, every) : 'NULL',
  ];
}

function quantilesSql(column: PlacedColumn, every: number): string {
  const { stored, type } = column;
  // by a hash, as what comes every so many rows may be alike
  const sample = every > 1 ? ` FILTER (hash(file_row_number) % ${every} = 0)` : '';
  const quantiles = `approx_quantile(${stored}, [${shares.join(', ')}])${sample}`;
  return `CAST(to_json(list_transform(${quantiles}, lambda q: ${typeInSql[type].sent('q')})) AS VARCHAR)`;
}

/** From JSON text. */
function toQuantiles(json: Cell | undefined): ColumnProfile['quantiles'] {
  const values: unknown = typeof json === 'string' ? JSON.parse(json) : null;
  return values === null ? null : quantilesOf(z.array(quantile).parse(values));
}

const quantile = z.union([z.number(), z.string()]).nullable();

function quantilesOf(values: z.infer<typeof quantile>[]): ColumnProfile['quantiles'] {
  const [p05 = null, p25 = null, p50 = null, p75 = null, p95 = null] = values;
  return { p05, p25, p50, p75, p95 };
}
