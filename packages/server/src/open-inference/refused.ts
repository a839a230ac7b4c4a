import type { AppError } from '../errors.ts';
import { toInputError } from '../input-error.ts';

/** Where in a request, outermost first: `['inputs', 0, 'shape']`. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with a request. */
export function refused(path: Path, rule: string, message: string): AppError {
  return toInputError({ issues: [{ path: [...path], code: rule, message }] });
}
