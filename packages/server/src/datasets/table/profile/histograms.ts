import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnProfile } from '@oriel/schemas';
import { query } from '../database.ts';
import type { Statistics } from './statistics.ts';

type Histogram = NonNullable<ColumnProfile['histogram']>;

const binsMax = 20;

interface Range {
  readonly stored: string;
  readonly min: number;
  readonly max: number;
}

/** By stored name, histograms of the columns of numbers, in one pass over them. */
export async function readHistograms(
  connection: DuckDBConnection,
  source: string,
  statistics: readonly Statistics[],
): Promise<Map<string, Histogram>> {
  const ranges = statistics.flatMap(({ column, min, max }): Range[] =>
    (column.type === 'integer' || column.type === 'number') &&
    typeof min === 'number' &&
    typeof max === 'number'
      ? [{ stored: column.stored, min, max }]
      : [],
  );
  if (ranges.length === 0) return new Map();
  const counted = ranges.map(
    (range) => `CAST(to_json(histogram(CAST(${binSql(range)} AS UTINYINT))) AS VARCHAR)`,
  );
  const [answer = []] = await query(connection, `SELECT ${counted.join(', ')} FROM ${source}`);
  return new Map(
    ranges.map((range, index) => {
      const counts: Record<string, number> = JSON.parse(String(answer[index]));
      return [range.stored, toHistogram(range, counts)];
    }),
  );
}

function binSql({ stored, min, max }: Range): string {
  if (min === max) return `CASE WHEN ${stored} IS NOT NULL THEN 0 END`;
  // halves, so that the width of the widest range is no infinity
  const share = `(${stored} / 2.0 - ${min / 2}) / ${max / 2 - min / 2}`;
  return `least(${binsMax - 1}, greatest(0, floor(${share} * ${binsMax})))`;
}

/** @param counts - by the number of the bin; empty ones are left out */
function toHistogram({ min, max }: Range, counts: Readonly<Record<string, number>>): Histogram {
  const bins = min === max ? 1 : binsMax;
  const edge = (bin: number) => (bin === bins ? max : min * (1 - bin / bins) + max * (bin / bins));
  return Array.from({ length: bins }, (_, bin) => ({
    from: edge(bin),
    to: edge(bin + 1),
    count: counts[bin] ?? 0,
  }));
}
