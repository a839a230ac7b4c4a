import type { Column, ColumnType, RowFilter } from '@oriel/schemas';

/** The words of each comparison. */
export const comparisons = {
  eq: 'is',
  ne: 'is not',
  lt: 'is less than',
  lte: 'is at most',
  gt: 'is more than',
  gte: 'is at least',
  in: 'is one of',
  contains: 'contains',
  empty: 'has no value',
  filled: 'has a value',
} as const;
export type Comparison = keyof typeof comparisons;

/** One line of the form: a comparison that may not be right yet. */
export interface ConditionDraft {
  readonly id: number;
  readonly column: string;
  readonly comparison: Comparison;
  /** As it was typed; of `in`, several with commas between them. */
  readonly text: string;
}

const ordered: readonly Comparison[] = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in'];
const comparisonsOf: Readonly<Record<ColumnType, readonly Comparison[]>> = {
  boolean: ['eq', 'ne'],
  integer: ordered,
  bigint: ordered,
  number: ordered,
  text: ['eq', 'ne', 'contains', 'in'],
  date: ordered,
  timestamp: ordered,
  json: [],
  image: [],
};

/** What a column can be asked for. */
export function listComparisons(type: ColumnType): Comparison[] {
  return [...comparisonsOf[type], 'empty', 'filled'];
}

export const hasValue = (comparison: Comparison): boolean =>
  comparison !== 'empty' && comparison !== 'filled';

/** Thrown for what was typed that is no value of its column; the message is for the person who typed it. */
class ValueRefused extends Error {}

/**
 * The filter that lines of the form make together.
 *
 * @returns undefined for no line at all, or what is wrong with which line
 */
export function toRowFilter(
  conditions: readonly ConditionDraft[],
  columns: readonly Column[],
  join: 'and' | 'or',
): { filter: RowFilter | undefined; errors: Readonly<Record<number, string>> } {
  const errors: Record<number, string> = {};
  const filters = conditions.flatMap((condition) => {
    try {
      return [toComparison(condition, columns)];
    } catch (error) {
      if (!(error instanceof ValueRefused)) throw error;
      errors[condition.id] = error.message;
      return [];
    }
  });
  const [only] = filters;
  if (!only || Object.keys(errors).length > 0) return { filter: undefined, errors };
  if (filters.length === 1) return { filter: only, errors };
  return { filter: join === 'and' ? { and: filters } : { or: filters }, errors };
}

function toComparison(
  { column: name, comparison, text }: ConditionDraft,
  columns: readonly Column[],
): RowFilter {
  const type = columns.find((column) => column.name === name)?.type ?? 'text';
  if (comparison === 'empty' || comparison === 'filled')
    return { column: name, op: 'isNull', value: comparison === 'empty' };
  if (comparison === 'contains') {
    if (text === '') throw new ValueRefused('say which text');
    return { column: name, op: 'contains', value: text };
  }
  if (comparison === 'in')
    return { column: name, op: 'in', values: text.split(',').map((part) => toScalar(part.trim(), type)) };
  return { column: name, op: comparison, value: toScalar(text, type) };
}

const wholeNumber = { pattern: /^-?\d{1,40}$/, words: 'a whole number' };

/** What a value of each type looks like; texts look like anything. */
const ruleOf: Readonly<Partial<Record<ColumnType, { readonly pattern: RegExp; readonly words: string }>>> = {
  integer: wholeNumber,
  bigint: wholeNumber,
  number: { pattern: /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?$/i, words: 'a number, e.g. 39.5' },
  date: { pattern: /^\d{4}-\d{2}-\d{2}$/, words: 'a date, e.g. 2026-11-21' },
  timestamp: {
    pattern: /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[-+]\d{2}:\d{2}))?$/,
    words: 'a time, e.g. 2026-11-21T09:30:00Z',
  },
  boolean: { pattern: /^(true|false)$/, words: 'true or false' },
};

/** What was typed, as the server compares it with the values of such a column. */
function toScalar(text: string, type: ColumnType): string | number | boolean {
  const trimmed = text.trim();
  const rule = ruleOf[type];
  if (rule && !rule.pattern.test(trimmed)) throw new ValueRefused(`must be ${rule.words}`);
  if (type === 'integer' || type === 'number') return Number(trimmed);
  if (type === 'boolean') return trimmed === 'true';
  return type === 'text' ? text : trimmed;
}
