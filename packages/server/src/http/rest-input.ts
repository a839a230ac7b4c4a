import { toInputError } from '../input-error.ts';

type Values = Readonly<Record<string, unknown>>;

interface Issue {
  readonly path: readonly [string];
  readonly code: string;
  readonly message: string;
}

/**
 * The query of a request, each parameter at most once and none that the operation does not know: a mistyped filter would
 * else answer with everything.
 *
 * @param names - of the parameters that there are; those of `lists` may be there more than once
 * @throws AppError INPUT_INVALID
 */
export function readQuery(
  query: unknown,
  names: readonly string[],
  lists: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  // what Fastify parses is an object of texts, and of lists of them
  const values = query as Values;
  const issues: Issue[] = [];
  for (const name in values) {
    if (!names.includes(name)) issues.push(unknownParameter(name, names));
    else if (Array.isArray(values[name]) && !lists.includes(name))
      issues.push({ path: [name], code: 'repeated', message: 'must be there once' });
  }
  if (issues.length > 0) throw toInputError({ issues });
  return values;
}

function unknownParameter(name: string, names: readonly string[]): Issue {
  const known = names.length === 0 ? 'it takes none' : `there are ${names.join(', ')}`;
  const message = `is no parameter in the query of this operation: ${known}`;
  return { path: [name], code: 'unrecognized_keys', message };
}

/**
 * One input of what comes in two places. What is said twice must be the same: which of the two was meant, nobody knows.
 *
 * @param first - of the path, say
 * @param where - what holds `first`, in the words of the caller
 * @throws AppError INPUT_INVALID
 */
export function mergeInput(first: Values, second: Values, where: string): Record<string, unknown> {
  const issues = Object.keys(first)
    .filter((name) => Object.hasOwn(second, name) && second[name] !== first[name])
    .map((name) => ({
      path: [name],
      code: 'conflict',
      message: `is something else in the ${where}: leave it out, or give the same`,
    }));
  if (issues.length > 0) throw toInputError({ issues });
  return { ...second, ...first };
}

/** The input of a call whose path names part of it, and whose body the rest. */
export function withParams(body: unknown, params: Values): unknown {
  if (Object.keys(params).length === 0) return body;
  // an operation may need no more than what the path names
  if (body === undefined) return params;
  // a body that is no object is left for the contract to refuse
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return mergeInput(params, body as Values, 'path');
}
