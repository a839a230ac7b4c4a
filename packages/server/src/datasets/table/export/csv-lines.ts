import type { Cell, Column, ColumnType, Row } from '@oriel/schemas';
import { type PlacedColumn, typeInSql } from '../stored-columns.ts';

export const csvLineEnd = '\r\n';

/*
 * CSV as RFC 4180 has it. Spreadsheets run a cell that begins like a formula: a text that does gets an apostrophe before
 * it, which they show as text. Numbers, dates and truths are what they are, and stay.
 */

const formulaStart = /^[=+\-@\t\r]/;
const mustQuote = /[",\r\n]/;

export function csvHeader(columns: readonly Column[]): string {
  return columns.map(({ name }) => quoted(formulaStart.test(name) ? `'${name}` : name)).join(',');
}

function quoted(text: string): string {
  return mustQuote.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A row as a line, with its end, as `csvLineSql` has it. */
export function csvLine(row: Row, columns: readonly Column[]): string {
  return columns.map(({ name, type }) => cellText(row[name] ?? null, type)).join(',') + csvLineEnd;
}

function cellText(value: Cell, type: ColumnType): string {
  if (value === null) return '';
  if (type === 'json' || typeof value === 'object') return quoted(JSON.stringify(value));
  if (type !== 'text') return String(value);
  const text = String(value);
  return text === '' ? '""' : quoted(formulaStart.test(text) ? `'${text}` : text);
}

/** SQL of a row as a line, without its end. A missing value is an empty cell, an empty text a quoted one. */
export function csvLineSql(columns: readonly PlacedColumn[]): string {
  const [only, ...others] = columns;
  // an empty line would be taken for none
  if (only && others.length === 0) return `coalesce(${cellSql(only)}, '""')`;
  return `concat_ws(',', ${columns.map((column) => `coalesce(${cellSql(column)}, '')`).join(', ')})`;
}

function cellSql({ stored, type }: PlacedColumn): string {
  if (type === 'text')
    return quotedSql(
      `CASE WHEN regexp_matches(${stored}, '^[=+\\-@\\t\\r]') THEN '''' || ${stored} ELSE ${stored} END`,
    );
  if (type === 'json') return quotedSql(stored);
  if (type === 'image') return `to_base64(${stored})`;
  if (type === 'timestamp') return typeInSql.timestamp.sent(stored);
  return `CAST(${stored} AS VARCHAR)`;
}

function quotedSql(text: string): string {
  return `CASE WHEN ${text} = '' OR regexp_matches(${text}, '[",\\r\\n]') THEN '"' || replace(${text}, '"', '""') || '"' ELSE ${text} END`;
}
