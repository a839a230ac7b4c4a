import type { CheckSummary, Column } from '@oriel/schemas';
import type { z } from 'zod';
import type { RawRow } from './table/table.ts';

/** The columns of a report: a row for each fault, in the order of the dataset's rows. */
export const reportColumns: readonly Column[] = [
  { name: 'row', type: 'integer' },
  { name: 'field', type: 'text' },
  { name: 'rule', type: 'text' },
  { name: 'message', type: 'text' },
  { name: 'value', type: 'text' },
];

/** A field with thousands of faulty items says no more by the rest of them. */
const faultsPerRowMax = 20;
const valueCharsMax = 200;
const causesMax = 100;

/**
 * What the contract says against an input, as rows of the report.
 *
 * @param row - from 1, the first row after the header
 */
export function toReportRows(
  row: number,
  input: Readonly<Record<string, unknown>>,
  error: z.ZodError,
): RawRow[] {
  return error.issues.slice(0, faultsPerRowMax).map(({ path, code, message }) => {
    const field = path.map(String).join('.');
    return { row, field, rule: code, message, value: toText(valueAt(input, path)) };
  });
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  // own values alone: a path names what is in the input
  return path.reduce<unknown>(
    (value, key) => (Object.hasOwn(Object(value), key) ? Object(value)[key] : undefined),
    input,
  );
}

function toText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > valueCharsMax ? `${text.slice(0, valueCharsMax)}…` : text;
}

function asText(cell: RawRow[string] | undefined): string {
  return typeof cell === 'string' ? cell : '';
}

type Cause = CheckSummary['causes'][number];

/** Counts rows that fail, by field and rule, from rows of reports that are told in order. */
export function createCauseCount() {
  const causes = new Map<string, Cause & { lastRow: number }>();
  return { add, list };

  function add(reported: RawRow): void {
    const at = Number(reported.row);
    const texts = {
      field: asText(reported.field),
      rule: asText(reported.rule),
      message: asText(reported.message),
    };
    const name = `${texts.field}\n${texts.rule}`;
    const cause = causes.get(name);
    if (!cause) {
      causes.set(name, { ...texts, rows: 1, firstRow: at, lastRow: at });
    } else if (cause.lastRow !== at) {
      // one row may break a rule of one field several times
      cause.rows += 1;
      cause.lastRow = at;
    }
  }

  /** Most rows first. */
  function list(): Cause[] {
    return [...causes.values()]
      .toSorted((a, b) => b.rows - a.rows || a.firstRow - b.firstRow)
      .slice(0, causesMax)
      .map(({ lastRow: _last, ...cause }) => cause);
  }
}
