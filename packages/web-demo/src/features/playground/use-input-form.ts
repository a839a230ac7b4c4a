import type { ErrorIssue, ModelDetail } from '@oriel/schemas';
import { useMemo, useState } from 'react';
import type { Schema } from '../../lib/json-schema.ts';
import { type FormValues, readFormValues, toFormValues } from './form-values.ts';
import { fromBase64, toBase64 } from './media/base64.ts';
import { type Field, toFields } from './schema-fields.ts';

/** What a form holds, ready to be sent, or why it cannot be. */
export type ReadInput =
  | { readonly ok: true; readonly input: Readonly<Record<string, unknown>>; readonly media: Blob | null }
  | { readonly ok: false; readonly issues: readonly ErrorIssue[] };

export type InputForm = ReturnType<typeof useInputForm>;

/** The state of a form made from a model's contract. Starts with the first example where the input is typed, not drawn. */
export function useInputForm({ contract }: ModelDetail) {
  const fields = useMemo(() => toFields(contract.input satisfies Schema, contract.media), [contract]);
  const mediaField = fields.find((field) => field.kind === 'media');
  const [values, setValues] = useState<FormValues>(() => toFormValues(fields, contract.examples[0]?.input));
  // apart, so that taking away a file brings back what was drawn
  const [file, setFile] = useState<Blob | null>(null);
  const [drawn, setDrawn] = useState<Blob | null>(null);

  return {
    fields,
    values,
    file,
    /** Whether the input is a file and nothing else: then it is sent as bytes, and sent as soon as it is there. */
    isMediaOnly: mediaField !== undefined && fields.length === 1,
    setValue: (name: string, text: string) => setValues((old) => ({ ...old, [name]: text })),
    setFile,
    setDrawn,
    read: (media: Blob | null = file ?? drawn) => readInput(fields, values, media),
    drawn,
    fill(input: unknown) {
      setValues(toFormValues(fields, input));
      const media = mediaField ? readExampleFile(mediaField, input) : null;
      setFile(media);
      return readInput(fields, toFormValues(fields, input), media);
    },
    clear() {
      setValues(toFormValues(fields, undefined));
      setFile(null);
    },
  };
}

function readInput(fields: readonly Field[], values: FormValues, media: Blob | null): ReadInput {
  const { input, issues } = readFormValues(fields, values);
  const missing = fields
    .filter((field) => field.kind === 'media' && field.isRequired && !media)
    .map((field) => ({ path: [field.name], rule: 'form', message: 'must be drawn or chosen' }));
  const all = [...issues, ...missing];
  return all.length > 0 ? { ok: false, issues: all } : { ok: true, input, media };
}

function readExampleFile(field: Field, input: unknown): Blob | null {
  if (typeof input !== 'object' || input === null) return null;
  const text: unknown = Object.entries(input).find(([name]) => name === field.name)?.[1];
  return typeof text === 'string' ? fromBase64(text) : null;
}

/** The input as `predict` takes it: a lone file as it is, a file among other fields as base64. */
export async function toWireInput(
  fields: readonly Field[],
  { input, media }: Extract<ReadInput, { ok: true }>,
): Promise<unknown> {
  const field = fields.find((each) => each.kind === 'media');
  if (!field || !media) return input;
  return fields.length === 1 ? media : { ...input, [field.name]: await toBase64(media) };
}
