import type { Probability } from '../../components/probability-bars.tsx';
import { readFieldName } from '../../lib/field-name.ts';
import { resolveSchema, type Schema } from '../../lib/json-schema.ts';

/** An output, sorted by how it is best shown. */
export interface AnswerParts {
  /** The prediction itself, large. */
  readonly headline: { readonly label: string; readonly value: string } | null;
  /** Groups of probabilities, as bars. */
  readonly distributions: readonly { readonly title: string; readonly entries: readonly Probability[] }[];
  /** Whatever else the output holds. */
  readonly others: readonly { readonly label: string; readonly value: unknown }[];
}

/**
 * Sorts any model's output by its schema: the first plain field is the headline; objects and lists of numbers from 0
 * to 1, and single such numbers, are probabilities.
 */
export function toAnswerParts(output: unknown, root: Schema): AnswerParts {
  if (!isRecord(output))
    return { headline: null, distributions: [], others: [{ label: 'Output', value: output }] };
  const distributions: AnswerParts['distributions'][number][] = [];
  const others: AnswerParts['others'][number][] = [];
  let headline: AnswerParts['headline'] = null;

  for (const [name, value] of Object.entries(output)) {
    const { label } = readFieldName(name);
    const schema = root.properties?.[name];
    const entries = toProbabilities(value, schema && resolveSchema(schema, root).schema, root);
    if (entries)
      distributions.push({
        title: label,
        entries: entries.map((entry) => ({ ...entry, label: entry.label || label })),
      });
    else if (!headline && isPlain(value)) headline = { label, value: String(value) };
    else others.push({ label, value });
  }
  return { headline, distributions, others };
}

/** The probabilities a value holds; null when it holds something else. A lone one has no label of its own. */
function toProbabilities(value: unknown, schema: Schema | undefined, root: Schema): Probability[] | null {
  if (typeof value === 'number')
    return isProbabilitySchema(schema, root) && isShare(value) ? [{ label: '', value }] : null;
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((each, i) => [String(i), each])
    : isRecord(value)
      ? Object.entries(value)
      : [];
  const shares = entries.flatMap(([label, each]) => (isShare(each) ? [{ label, value: each }] : []));
  return shares.length > 1 && shares.length === entries.length ? shares : null;
}

/** A lone 0 or 1 may as well be a count: its schema has to say that it lies between. */
function isProbabilitySchema(schema: Schema | undefined, root: Schema): boolean {
  if (!schema) return false;
  const { type, minimum, maximum } = resolveSchema(schema, root).schema;
  return type === 'number' && minimum === 0 && maximum === 1;
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
