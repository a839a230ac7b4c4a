import type { ErrorIssue } from '@oriel/schemas';
import { AppError } from './errors.ts';
import { explained, type RefusedField } from './nearest-option.ts';

/** What a schema refused: zod's own issues, or what a worker thread tells of them. */
interface RefusedInput {
  readonly issues: readonly RefusedField[];
  /** How many issues there are, where not all of them are told. */
  readonly issueCount?: number;
}

/** Most issues that one error names. */
const issuesMax = 100;
const issuesInMessage = 5;
/** Names and values that callers chose are told again, but not whatever their length. */
const messageCharsMax = 500;
const keyCharsMax = 100;

/** A refused input as our error: each issue names the field, the rule and what was expected. */
export function toInputError({ issues: refused, issueCount = refused.length }: RefusedInput): AppError {
  const known = refused.slice(0, issuesMax);
  const all = known.flatMap(explained);
  const issues = all.slice(0, issuesMax).map(toIssue);
  const shown = issues
    .slice(0, issuesInMessage)
    .map(({ path, message }) => (path.length ? `${toPathText(path)}: ${message}` : message));
  const more = issueCount - known.length + all.length - shown.length;
  const message = `The input is not valid. ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
  return new AppError('INPUT_INVALID', message, { issues });
}

/** `['inputs', 0, 'bodyMassG']` as `inputs[0].bodyMassG`. */
function toPathText(path: ErrorIssue['path']): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');
}

function toIssue(issue: RefusedField): ErrorIssue {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : shortened(String(key), keyCharsMax)));
  return { path, rule: issue.code ?? 'invalid', message: shortened(issue.message, messageCharsMax) };
}

function shortened(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax)}…`;
}
