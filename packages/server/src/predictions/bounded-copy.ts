import { knownHashOf } from '../engine/byte-hash.ts';

const textLengthMax = 512;
const listLengthMax = 32;
const jsonLengthMax = 4096;

interface Copy {
  readonly json: string | null;
  readonly truncated: boolean;
}

/** Collects what was cut on the way. */
interface Cut {
  truncated: boolean;
}

/**
 * A value as JSON text that is small and that PostgreSQL's `jsonb` takes: long texts and lists are cut, bytes become
 * their size and hash, NUL and lone surrogates are replaced.
 */
export function boundedCopy(value: unknown): Copy {
  const cut: Cut = { truncated: false };
  const bounded = bound(value, cut);
  return bounded === unusual ? copyUnusual(value) : toCopy(JSON.stringify(bounded), cut);
}

function toCopy(json: string | undefined, { truncated }: Cut): Copy {
  if (json === undefined || json.length <= jsonLengthMax) return { json: json ?? null, truncated };
  return { json: null, truncated: true };
}

const unusual = Symbol('JSON.stringify knows more of it');

/**
 * What to print instead of plain data, which is the data itself where nothing is to be cut: looking through it first
 * takes half the time, or less, of having `JSON.stringify` ask about each part.
 */
function bound(value: unknown, cut: Cut): unknown {
  if (typeof value === 'string') return boundText(value, cut);
  if (typeof value === 'object' && value !== null) {
    if (value instanceof Uint8Array) return describeBytes(value);
    if (Array.isArray(value)) return boundList(value, cut);
    return boundFields(value, cut);
  }
  return typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint'
    ? unusual
    : value;
}

function boundText(text: string, cut: Cut): string {
  if (text.length > textLengthMax) cut.truncated = true;
  return text.slice(0, textLengthMax).toWellFormed().replaceAll('\0', '\ufffd');
}

function describeBytes(bytes: Uint8Array) {
  return { bytes: bytes.byteLength, sha256: knownHashOf(bytes) };
}

function boundList(list: readonly unknown[], cut: Cut): unknown {
  if (list.length > listLengthMax) cut.truncated = true;
  const copy = new Array<unknown>(Math.min(list.length, listLengthMax));
  for (let index = 0; index < copy.length; index += 1) {
    const item = bound(list[index], cut);
    if (item === unusual) return unusual;
    copy[index] = item;
  }
  return copy;
}

function boundFields(value: object, cut: Cut): unknown {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return unusual;
  // plain data: every name may be asked for
  const fields = value as Readonly<Record<string, unknown>>;
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(fields)) {
    const part = bound(fields[name], cut);
    if (part === unusual) return unusual;
    if (part !== fields[name]) copy ??= { ...fields };
    if (copy) copy[name] = part;
  }
  return copy ?? fields;
}

/** Of dates, maps, objects of classes: what `toJSON` says, or the fields. */
function copyUnusual(value: unknown): Copy {
  const cut: Cut = { truncated: false };
  // not an arrow: `this` holds the part as it was before its own toJSON, which a Buffer has
  const json = JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, name, part: unknown) {
    const bytes = this[name];
    if (bytes instanceof Uint8Array) return describeBytes(bytes);
    if (typeof part === 'string') return boundText(part, cut);
    if (!Array.isArray(part) || part.length <= listLengthMax) return part;
    cut.truncated = true;
    return part.slice(0, listLengthMax);
  });
  return toCopy(json, cut);
}
