import type { DuckDBConnection } from '@duckdb/node-api';
import { type Cell, query } from '../database.ts';
import type { Reading } from './readings.ts';

/** A column that is to be read. */
export interface Unread {
  /** SQL of its texts; null where there is no value. */
  readonly text: string;
  /** In the order in which they are preferred; the last fits everything. */
  readonly candidates: readonly Reading[];
}

export interface Chosen {
  readonly reading: Reading;
  /** Of numbers: NaN and infinite ones. */
  readonly notFinite: number;
}

/** Checks in one statement; each holds some memory. */
const checksMax = 100;

interface Check {
  readonly column: number;
  readonly reading: Reading;
  readonly isLast: boolean;
}

/**
 * The first reading of each column that fits all its rows, never a sample alone. The likeliest is tried first, so that
 * nearly every column is settled in one pass; a second one tries all others of those that are left.
 */
export async function chooseReadings(
  connection: DuckDBConnection,
  source: string,
  columns: readonly Unread[],
): Promise<Chosen[]> {
  const chosen = new Map<number, Chosen>();
  const firsts = columns.map((column, index) => checksOf(column, index).slice(0, 1));
  await settle(firsts.flat());
  const others = columns.map((column, index) => (chosen.has(index) ? [] : checksOf(column, index).slice(1)));
  await settle(others.flat());
  // the last candidate fits everything
  return columns.map((_column, index) => chosen.get(index) as Chosen);

  /** The texts are named first: what is written several times takes DuckDB longer to plan than to run. */
  async function statementOf(checks: readonly Check[]): Promise<string> {
    const texts = [...new Set(checks.map(({ column }) => column))].map(
      // `column` is an index into the same list
      (column) => `${(columns[column] as Unread).text} AS ${textName(column)}`,
    );
    const selected = `SELECT ${texts.join(', ')} FROM ${source}`;
    const isWide = columns.length > checksMax;
    if (isWide) await connection.run(`CREATE OR REPLACE TEMP TABLE checked AS ${selected}`);
    return `SELECT ${checks.map(checkSql).join(', ')} FROM ${isWide ? 'checked' : `(${selected})`}`;
  }

  async function settle(checks: readonly Check[]): Promise<void> {
    for (let start = 0; start < checks.length; start += checksMax) {
      const some = checks.slice(start, start + checksMax);
      const [answer = []] = await query(connection, await statementOf(some));
      for (const [index, check] of some.entries()) {
        const notFinite = countIfFitting(answer.slice(3 * index, 3 * index + 3));
        if (notFinite !== null && !chosen.has(check.column))
          chosen.set(check.column, { reading: check.reading, notFinite });
      }
    }
  }
}

function checksOf({ candidates }: Unread, column: number): Check[] {
  return candidates.map((reading, index) => ({ column, reading, isLast: index === candidates.length - 1 }));
}

function checkSql({ column, reading, isLast }: Check): string {
  if (isLast) return '0, 1, 0';
  const text = textName(column);
  const value = reading.valueSql(text);
  const wrong = `count_if(${text} IS NOT NULL AND ${value} IS NULL)`;
  const proofs = reading.proofSql
    ? `count_if(${text} IS NOT NULL AND ${reading.proofSql(text)})`
    : `count(${text})`;
  const notFinite = reading.type === 'number' ? `count_if(NOT isfinite(${value}))` : '0';
  return `${wrong}, ${proofs}, ${notFinite}`;
}

function textName(column: number): string {
  return `t${column}`;
}

/** @returns how many are not finite; null when the reading does not fit, or nothing speaks for it */
function countIfFitting([wrong, proofs, notFinite]: readonly Cell[]): number | null {
  return wrong === 0 && Number(proofs) > 0 ? Number(notFinite) : null;
}
