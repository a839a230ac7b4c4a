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

/** Counts, extremes, mean and quantiles of some columns, in one pass over them. */
export async function readStatistics(
  connection: DuckDBConnection,
  source: string,
  columns: readonly PlacedColumn[],
): Promise<Statistics[]> {
  const selected = columns.map((column) => partsOf(column).join(', '));
  const [answer = []] = await query(connection, `SELECT count(*), ${selected.join(', ')} FROM ${source}`);
  const rows = Number(answer[0]);
  return columns.map((column, index) => {
    const start = 1 + parts * index;
    const [present, distinct, min, max, mean, quantiles] = answer.slice(start, start + parts);
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
  });
}

/** `parts` of them. */
function partsOf(column: PlacedColumn): string[] {
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
    isNumeric(column) || isTime(column) ? quantilesSql(column) : 'NULL',
  ];
}

function quantilesSql(column: PlacedColumn): string {
  const { stored, type } = column;
  const quantiles = `approx_quantile(${stored}, [${shares.join(', ')}])`;
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
