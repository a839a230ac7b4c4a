/** What a schema says against a value: as zod tells it, as far as it is looked at. */
export interface RefusedField {
  readonly path: readonly PropertyKey[];
  readonly code?: string | undefined;
  readonly message: string;
  /** Of a type: which. */
  readonly expected?: string;
  /** Of a choice: which there are. */
  readonly values?: readonly unknown[];
  /** Of keys that are not known: these. */
  readonly keys?: readonly string[];
  /** Of a value that may be one of several kinds: what each of them says against it. */
  readonly errors?: readonly (readonly RefusedField[])[];
}

/**
 * What a value of several kinds lacks to be the kind that it is nearest to. That it is none of them, which is all that a
 * schema says first, tells nobody what is wrong, nor where.
 */
export function explained(issue: RefusedField): readonly RefusedField[] {
  const { code, errors = [], path } = issue;
  if (code !== 'invalid_union' || errors.length === 0) return [issue];
  const costs = errors.map(costOf);
  const least = Math.min(...costs);
  const nearest = errors.filter((_, index) => costs[index] === least);
  const found = nearest.length === 1 ? (nearest[0] ?? []) : inCommon(nearest, errors);
  if (found.length === 0) return [issue];
  return found.flatMap((one) => explained({ ...one, path: [...path, ...one.path] }));
}

/** A constant says which kind is meant, as `op` does in a filter. */
const constantCost = 3;
/** More than whatever is wrong within a value of the right type. */
const typeCost = 1000;

/** How far a value is from a kind. What is wrong further in speaks for that kind: it was looked at so far. */
function costOf(issues: readonly RefusedField[]): number {
  return issues.filter(({ path }) => path.length <= 1).reduce((sum, issue) => sum + costOfIssue(issue), 0);
}

function costOfIssue({ code, path, keys }: RefusedField): number {
  if (code === 'invalid_type' && path.length === 0) return typeCost;
  return code === 'invalid_value' ? constantCost : (keys?.length ?? 1);
}

/** What several kinds say alike, as one: the types, or the choices, that would do. Nothing where they say different things. */
function inCommon(
  nearest: readonly (readonly RefusedField[])[],
  all: readonly (readonly RefusedField[])[],
): readonly RefusedField[] {
  const [first, ...others] = nearest.flat();
  if (!first || nearest.some(({ length }) => length !== 1)) return [];
  const isAlike = (other: RefusedField) => other.code === first.code && isSamePlace(first, other);
  if (!others.every(isAlike)) return [];
  if (first.code === 'invalid_value') {
    const values = all
      .flat()
      .filter(isAlike)
      .flatMap(({ values: some = [] }) => some);
    const choices = values.map((value) => JSON.stringify(value)).join('|');
    return [{ ...first, values, message: `Invalid option: expected one of ${choices}` }];
  }
  const { expected } = first;
  if (first.code !== 'invalid_type' || expected === undefined) return [];
  const types = [...new Set([expected, ...others.map((other) => other.expected ?? '')])].join(' or ');
  return [{ ...first, message: first.message.replace(expected, types) }];
}

function isSamePlace({ path: a }: RefusedField, { path: b }: RefusedField): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index]);
}
