import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnProfile, ColumnType } from '@oriel/schemas';
import { query } from '../database.ts';
import { typeInSql } from '../stored-columns.ts';
import { type Statistics, shownCharsMax } from './statistics.ts';

type TopValues = ColumnProfile['topValues'];

const topMax = 10;
/** Of values that are nearly all different, none is frequent: counting them all would tell nothing. */
const distinctShareMax = 0.5;
const distinctAlways = 10_000;

/**
 * Of few different values in few rows, all are counted in one pass over all columns, for planning a statement takes far
 * longer than running it; of others each column is grouped by itself, which is quicker for many rows.
 */
const fewRows = 20_000;
const fewValues = 200;

/** By stored name, the most frequent values of each column where some are. */
export async function readTopValues(
  connection: DuckDBConnection,
  source: string,
  statistics: readonly Statistics[],
): Promise<Map<string, TopValues>> {
  const counted = statistics.filter(hasFrequent);
  const isFew = ({ rows, distinct }: Statistics) => rows <= fewRows && distinct <= fewValues;
  const few = await countAll(connection, source, counted.filter(isFew));
  const many = await groupEach(
    connection,
    source,
    counted.filter((one) => !isFew(one)),
  );
  return new Map([...few, ...many]);
}

async function countAll(connection: DuckDBConnection, source: string, counted: readonly Statistics[]) {
  const found = new Map<string, TopValues>();
  if (counted.length === 0) return found;
  const counts = counted.map((one) => `CAST(to_json(histogram(${shownSql(one)})) AS VARCHAR)`);
  const [answer = []] = await query(connection, `SELECT ${counts.join(', ')} FROM ${source}`);
  for (const [index, { column }] of counted.entries()) {
    const byValue: Record<string, number> = JSON.parse(String(answer[index]));
    const values = Object.entries(byValue).map(([value, count]) => ({
      value: fromText(value, column.type),
      count,
    }));
    found.set(column.stored, values.toSorted(byFrequency).slice(0, topMax));
  }
  return found;
}

function fromText(text: string, type: ColumnType): string | number | boolean {
  if (type === 'integer' || type === 'number') return Number(text);
  return type === 'boolean' ? text === 'true' : text;
}

type Counted = { readonly value: string | number | boolean; readonly count: number };

/** Equally frequent ones in their own order, so that the same rows always have the same profile. */
function byFrequency(a: Counted, b: Counted): number {
  return b.count - a.count || (a.value < b.value ? -1 : 1);
}

async function groupEach(connection: DuckDBConnection, source: string, counted: readonly Statistics[]) {
  const found = new Map<string, TopValues>(counted.map(({ column }) => [column.stored, []]));
  if (counted.length === 0) return found;
  const selects = counted.map((one) => topSql(one, source));
  for (const [stored, json, count] of await query(connection, selects.join(' UNION ALL ')))
    found.get(String(stored))?.push({ value: JSON.parse(String(json)), count: Number(count) });
  return found;
}

function hasFrequent({ column, rows, nulls, distinct }: Statistics): boolean {
  if (column.type === 'json' || column.type === 'image' || rows === nulls) return false;
  return distinct <= Math.max(distinctAlways, (rows - nulls) * distinctShareMax);
}

function shownSql({ column: { stored, type } }: Statistics): string {
  return type === 'text' ? `left(${stored}, ${shownCharsMax})` : typeInSql[type].sent(stored);
}

/** Ordered as above. Of texts that are far longer than what is shown, their beginning is counted: all of them need not fit into memory. */
function topSql(one: Statistics, source: string): string {
  const { stored, type } = one.column;
  const value =
    type === 'text'
      ? `CASE WHEN strlen(${stored}) > ${longBytes} THEN ${shownSql(one)} ELSE ${stored} END`
      : stored;
  return `(SELECT '${stored}', CAST(to_json(${shownSql(one)}) AS VARCHAR), n FROM
    (SELECT ${value} AS ${stored}, count(*) AS n FROM ${source} WHERE ${stored} IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT ${topMax})
    ORDER BY n DESC, ${stored})`;
}

const longBytes = 8 * shownCharsMax;
