import { hash } from 'node:crypto';
import { hashBytes } from './byte-hash.ts';
import { canonicalJson } from './canonical-json.ts';

/** Keys longer than this are hashed, so that a key costs little memory whatever the input. */
const textLengthMax = 256;

/**
 * A text that is equal for equal inputs, whatever the order of their keys; null when an input holds something it
 * cannot tell apart for sure, which is then not cached. Bytes go in as their SHA-256.
 */
export function canonicalKey(input: unknown): string | null {
  // no other text is JSON: the two ways never give the same for different inputs
  const text = canonicalJson(input) ?? toText(input);
  return text === null || text.length <= textLengthMax ? text : `sha256:${hash('sha256', text, 'base64url')}`;
}

function toText(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'bigint':
      return `${value}n`;
    case 'object':
      return value === null ? 'null' : objectToText(value);
    case 'function':
    case 'symbol':
      return null;
  }
}

function objectToText(value: object): string | null {
  if (Array.isArray(value)) return itemsToText(value);
  if (value instanceof Date) return `date:${value.getTime()}`;
  if (ArrayBuffer.isView(value)) return viewToText(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return null;
  return fieldsToText(value);
}

function viewToText(view: ArrayBufferView): string {
  return `${view.constructor.name}:${hashBytes(view)}`;
}

/** A field that is undefined counts as absent, as in JSON. */
function fieldsToText(value: object): string | null {
  // plain data: every name may be asked for
  const fields = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const name of Object.keys(fields).toSorted()) {
    const field = fields[name];
    if (field === undefined) continue;
    const part = toText(field);
    if (part === null) return null;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${part}`;
  }
  return `{${text}}`;
}

function itemsToText(values: readonly unknown[]): string | null {
  let text = '';
  for (const [index, value] of values.entries()) {
    const part = toText(value);
    if (part === null) return null;
    text += index === 0 ? part : `,${part}`;
  }
  return `[${text}]`;
}
