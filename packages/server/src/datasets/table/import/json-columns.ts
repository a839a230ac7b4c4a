import type { DuckDBConnection } from '@duckdb/node-api';
import { query } from '../database.ts';
import { storedName } from '../stored-columns.ts';
import { shown, unreadable } from '../unreadable.ts';
import { bigint, integer, isoDate, isoTimestamp, jsonText, number, text, truth } from './readings.ts';
import type { StagedColumn } from './staged.ts';

/** Counted at once: each holds some memory. */
const columnsAtOnce = 100;
/** What `countsSql` answers with, for each column. */
const countsOfColumn = 5;

/** The columns of staged JSON texts, with what may become of them: what JSON says of its values is believed. */
export async function jsonColumns(
  connection: DuckDBConnection,
  source: string,
  names: readonly string[],
): Promise<StagedColumn[]> {
  const columns: StagedColumn[] = [];
  for (let start = 0; start < names.length; start += columnsAtOnce) {
    const some = names.slice(start, start + columnsAtOnce);
    const counts = some.map((_name, index) => countsSql(storedName(start + index)));
    const [answer = []] = await query(connection, `SELECT ${counts.join(', ')} FROM ${source}`);
    for (const [index, name] of some.entries()) {
      const [texts, nested, truths, numbers, wrongRow] = answer.slice(
        countsOfColumn * index,
        countsOfColumn * (index + 1),
      );
      if (wrongRow !== null) throw notFiniteWithin(name, Number(wrongRow) + 1);
      const found = [texts, nested, truths, numbers].map(Number);
      columns.push(columnOf(name, storedName(start + index), found));
    }
  }
  return columns;
}

/** Texts, lists and objects, truths, numbers; and the row of the first that is no JSON. The first character tells. */
function countsSql(column: string): string {
  const first = `left(${column}, 1)`;
  const isNested = `${first} IN ('[', '{')`;
  return [
    `count_if(${first} = '"')`,
    `count_if(${isNested})`,
    `count_if(${column} IN ('true', 'false'))`,
    `count_if(${first} NOT IN ('"', '[', '{', 't', 'f'))`,
    `min(file_row_number) FILTER (${isNested} AND ${hasNotFiniteSql(column)})`,
  ].join(', ');
}

/** SQL that is true for JSON with NaN or Infinity outside of its texts: DuckDB reads and writes that, and nobody else. */
export function hasNotFiniteSql(json: string): string {
  const bare = `regexp_replace(${json}, '"(?:[^"\\\\]|\\\\.)*"', '', 'g')`;
  return `regexp_matches(${json}, '(?i)nan|inf') AND regexp_matches(${bare}, '(?i)nan|inf')`;
}

function columnOf(
  name: string,
  plain: string,
  [texts = 0, nested = 0, truths = 0, numbers = 0]: readonly number[],
): StagedColumn {
  const unquoted = `(${plain} ->> '$')`;
  if (nested > 0) return { name, plain, text: plain, known: plain, candidates: [jsonText] };
  if (texts > 0 && truths + numbers === 0)
    return {
      name,
      plain: unquoted,
      text: unquoted,
      known: unquoted,
      candidates: [isoDate, isoTimestamp, text],
    };
  if (numbers > 0 && truths + texts === 0)
    return { name, plain, text: plain, known: plain, candidates: [integer, bigint, number, text] };
  if (truths > 0 && numbers + texts === 0)
    return { name, plain, text: plain, known: plain, candidates: [truth, text] };
  return { name, plain: unquoted, text: unquoted, known: unquoted, candidates: [text] };
}

function notFiniteWithin(name: string, row: number) {
  const message = `Row ${row} has NaN or an infinite number within the list or object of ${shown(name)}, which JSON does not have.`;
  return unreadable({ rule: 'not_finite', column: name, message });
}
