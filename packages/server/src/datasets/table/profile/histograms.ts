import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnProfile } from '@oriel/schemas';
import { z } from 'zod';
import { query } from '../database.ts';
import type { Statistics } from './statistics.ts';

type Histogram = NonNullable<ColumnProfile['histogram']>;

const binsMax = 20;

interface Range {
  readonly stored: string;
  readonly isWhole: boolean;
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
      ? [{ stored: column.stored, isWhole: column.type === 'integer', min, max }]
      : [],
  );
  if (ranges.length === 0) return new Map();
  const [answer = []] = await query(connection, `SELECT ${ranges.map(countsSql).join(', ')} FROM ${source}`);
  return new Map(
    ranges.map((range, index) => [
      range.stored,
      toHistogram(range, countsSchema.parse(JSON.parse(String(answer[index])))),
    ]),
  );
}

const countsSchema = z.array(z.number());

/** How many values lie up to each different bound, and above the one before it. */
function countsSql(range: Range): string {
  // as texts, which DuckDB reads as doubles to the last digit
  const bounds = [...new Set(boundsOf(range))].map((bound) => `'${bound}'`);
  const type = range.isWhole ? 'BIGINT[]' : 'DOUBLE[]';
  return `CAST(to_json(map_values(histogram(${range.stored}, CAST([${bounds.join(', ')}] AS ${type})))) AS VARCHAR)`;
}

/** The largest value of each bin: those that lie at the edge of two belong to the upper one. */
function boundsOf(range: Range): number[] {
  const { isWhole, max } = range;
  const below = isWhole ? (edge: number) => Math.ceil(edge) - 1 : nextBelow;
  return edgesOf(range)
    .slice(1)
    .map((edge, index, { length }) => (index === length - 1 ? max : below(edge)));
}

/** Ascending, from the smallest value to the largest: close to each other, what is computed may be in another order. */
function edgesOf({ min, max }: Range): number[] {
  const bins = min === max ? 1 : binsMax;
  let last = min;
  return Array.from({ length: bins + 1 }, (_, bin) => {
    const share = bin / bins;
    last = Math.min(max, Math.max(last, min * (1 - share) + max * share));
    return last;
  });
}

/** The largest double that is smaller. */
function nextBelow(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0] = (bits[0] ?? 0n) + (value > 0 ? -1n : 1n);
  return new Float64Array(bits.buffer)[0] ?? value;
}

/** @param counts - one for each different bound; of bins that have the same, the first has all of it */
function toHistogram(range: Range, counts: readonly number[]): Histogram {
  const edges = edgesOf(range);
  const countAt = new Map([...new Set(boundsOf(range))].map((bound, index) => [bound, counts[index] ?? 0]));
  return boundsOf(range).map((bound, bin) => {
    const count = countAt.get(bound) ?? 0;
    countAt.delete(bound);
    return { from: edges[bin] ?? range.min, to: edges[bin + 1] ?? range.max, count };
  });
}
