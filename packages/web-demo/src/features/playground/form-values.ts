import type { ErrorIssue } from '@oriel/schemas';
import type { Field } from './schema-fields.ts';

/**
 * What stands in the controls of a form, as text; nothing is lost while it is being typed. A choice holds the JSON of
 * the option, a boolean `true` or `false`, and an empty text means that there is no value.
 */
export type FormValues = Readonly<Record<string, string>>;

/** The values that show an input, e.g. an example, in the form. */
export function toFormValues(fields: readonly Field[], input: unknown): FormValues {
  const given: Readonly<Record<string, unknown>> =
    typeof input === 'object' && input !== null ? { ...input } : {};
  return Object.fromEntries(fields.map((field) => [field.name, toText(field, given[field.name])]));
}

function toText(field: Field, value: unknown): string {
  if (value === undefined || value === null)
    return field.kind === 'boolean' && field.isRequired ? 'false' : '';
  if (field.kind === 'text' && typeof value === 'string') return value;
  return field.kind === 'json' ? JSON.stringify(value, null, 2) : JSON.stringify(value);
}

export interface ReadForm {
  readonly input: Readonly<Record<string, unknown>>;
  readonly issues: readonly ErrorIssue[];
}

/**
 * The input that the form's values state. Refuses only what cannot be sent at all, such as letters where a number
 * goes: ranges and the like are the contract's to judge, so that its words are the only ones.
 *
 * Media fields are left out: their bytes travel beside the form.
 */
export function readFormValues(fields: readonly Field[], values: FormValues): ReadForm {
  const input: Record<string, unknown> = {};
  const issues: ErrorIssue[] = [];
  for (const field of fields) {
    if (field.kind === 'media') continue;
    const read = readValue(field, values[field.name] ?? '');
    if ('problem' in read) issues.push({ path: [field.name], rule: 'form', message: read.problem });
    else if (read.value !== undefined) input[field.name] = read.value;
  }
  return { input, issues };
}

type ReadValue = { readonly value: unknown } | { readonly problem: string };

function readValue(field: Exclude<Field, { kind: 'media' }>, text: string): ReadValue {
  if (text.trim() === '') return readNothing(field, text);
  switch (field.kind) {
    case 'number':
      return Number.isFinite(Number(text))
        ? { value: Number(text) }
        : { problem: 'must be a number, such as 12.5' };
    case 'text':
      return { value: text };
    case 'choice':
    case 'boolean':
    case 'json':
      return readJson(text);
  }
}

function readNothing(field: Field, text: string): ReadValue {
  if (!field.isRequired) return { value: undefined };
  if (field.isNullable) return { value: null };
  if (field.kind === 'text') return { value: text };
  return { problem: field.kind === 'choice' ? 'must be chosen' : 'must be filled in' };
}

function readJson(text: string): ReadValue {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { problem: 'must be valid JSON' };
  }
}
