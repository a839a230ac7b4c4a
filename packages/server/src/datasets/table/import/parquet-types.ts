import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnType } from '@oriel/schemas';
import { query } from '../database.ts';
import { identifier } from '../sql.ts';
import { typeInSql } from '../stored-columns.ts';
import { shown, unreadable } from '../unreadable.ts';
import { hasNotFiniteSql } from './json-columns.ts';

export interface ParquetColumn {
  readonly name: string;
  /** As DuckDB calls it. */
  readonly stored: string;
  /** As DuckDB describes it. */
  readonly sqlType: string;
}

/** A column as it is taken over. */
export interface ParquetValue {
  readonly name: string;
  readonly type: ColumnType;
  readonly sql: string;
  readonly notFinite: number;
}

/** What each column holds; of some types only their values tell. */
export async function parquetValues(
  connection: DuckDBConnection,
  source: string,
  columns: readonly ParquetColumn[],
): Promise<ParquetValue[]> {
  const values: ParquetValue[] = [];
  for (let start = 0; start < columns.length; start += columnsAtOnce) {
    const some = columns.slice(start, start + columnsAtOnce);
    const asked = some.map(({ stored, sqlType }) => questionOf(identifier(stored), familyOf(sqlType)));
    const [answer = []] = await query(connection, `SELECT ${asked.join(', ')} FROM ${source}`);
    values.push(...some.map((column, index) => valueOfColumn(column, Number(answer[index]))));
  }
  return values;
}

const columnsAtOnce = 200;

type Family = 'boolean' | 'whole' | 'fraction' | 'date' | 'timestamp' | 'nested' | 'bytes' | 'json' | 'text';

function familyOf(sqlType: string): Family {
  if (/(\[\d*\]|^STRUCT.*|^MAP.*|^UNION.*|^VARIANT)$/.test(sqlType)) return 'nested';
  if (sqlType === 'BOOLEAN') return 'boolean';
  if (/^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$|^DECIMAL\(\d+,0\)$/.test(sqlType)) return 'whole';
  if (/^(FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(sqlType)) return 'fraction';
  if (sqlType === 'DATE') return 'date';
  if (sqlType.startsWith('TIMESTAMP')) return 'timestamp';
  if (sqlType === 'BLOB') return 'bytes';
  return sqlType === 'JSON' ? 'json' : 'text';
}

/** First bytes of PNG, JPEG, GIF, BMP and WebP (within RIFF), as hex. */
const imageStarts = '^(89504E47|FFD8FF|47494638|424D|52494646.{8}57454250)';

/** SQL of one number that decides. */
function questionOf(value: string, family: Family): string {
  if (family === 'whole') return `count_if(abs(${value}::DECIMAL(38,0)) > ${Number.MAX_SAFE_INTEGER})`;
  if (family === 'fraction') return `count_if(NOT isfinite(CAST(${value} AS DOUBLE)))`;
  if (family === 'bytes')
    return `count_if(${value} IS NOT NULL AND NOT regexp_matches(hex(${value}[1:12]), '${imageStarts}'))`;
  if (family === 'nested') return `count_if(${hasNotFiniteSql(`CAST(to_json(${value}) AS VARCHAR)`)})`;
  if (family === 'json') {
    const json = `CAST(${value} AS VARCHAR)`;
    return `count_if(NOT json_valid(${json}) OR (${hasNotFiniteSql(json)}))`;
  }
  return '0';
}

/** @throws AppError DATASET_UNREADABLE for numbers within lists and objects that JSON does not have */
function valueOfColumn({ name, stored, sqlType }: ParquetColumn, answer: number): ParquetValue {
  const family = familyOf(sqlType);
  const value = identifier(stored);
  const as = (type: ColumnType, sql: string, notFinite = 0): ParquetValue => ({
    name,
    type,
    sql: `CAST(${sql} AS ${typeInSql[type].stored})`,
    notFinite,
  });
  switch (family) {
    case 'whole':
      return answer > 0 ? as('bigint', value) : as('integer', value);
    case 'fraction': {
      const number = `CAST(${value} AS DOUBLE)`;
      return as('number', answer > 0 ? `CASE WHEN isfinite(${number}) THEN ${number} END` : number, answer);
    }
    case 'date':
    case 'timestamp':
      return as(family, `CASE WHEN ${inCalendar(value)} THEN ${value} END`);
    case 'nested':
      if (answer > 0) throw notFiniteWithin(name, answer);
      return as('json', `to_json(${value})`);
    case 'bytes':
      return answer > 0 ? as('text', `to_base64(${value})`) : as('image', value);
    case 'json':
      // what others call JSON is a text, which need not be any; of what is, DuckDB takes more than JSON allows
      return answer > 0 ? as('text', value) : as('json', `json(CAST(${value} AS VARCHAR))`);
    case 'boolean':
    case 'text':
      return as(family, value);
  }
}

function notFiniteWithin(name: string, rows: number) {
  const which = rows === 1 ? 'One of its rows has' : `${rows} of its rows have`;
  const message = `${which} NaN or an infinite number within the list or object of ${shown(name)}, which JSON does not have.`;
  return unreadable({ rule: 'not_finite', column: name, message });
}

/** JSON has no infinite times, and years of four digits. */
function inCalendar(value: string): string {
  return `isfinite(${value}) AND year(${value}) BETWEEN 1 AND 9999`;
}
