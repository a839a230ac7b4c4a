import { isAbort, problemOf } from '@oriel/client';

/** Why a form was refused: field by field, and what belongs to no field. */
export interface FormFailure {
  readonly errors: Readonly<Record<string, string>>;
  /** Null when the fields say it all. */
  readonly detail: string | null;
}

/** Sorts a failure by the fields of the form that was sent. */
export function toFormFailure(error: unknown, fields: readonly string[]): FormFailure {
  if (!error) return { errors: {}, detail: null };
  const problem = problemOf(error);
  if (!problem) return { errors: {}, detail: explainLostCall(error) };
  const issues = problem.issues ?? [];
  const ofFields = issues.filter(({ path: [field] }) => fields.includes(String(field)));
  return {
    errors: Object.fromEntries(ofFields.map(({ path: [field], message }) => [String(field), message])),
    detail: ofFields.length > 0 && ofFields.length === issues.length ? null : problem.detail,
  };
}

/** What to tell of a failure that belongs to no form. */
export function explainError(error: unknown): string {
  return problemOf(error)?.detail ?? explainLostCall(error);
}

function explainLostCall(error: unknown): string {
  return isAbort(error) ? 'There was no answer in time: try again.' : 'The server does not answer.';
}
