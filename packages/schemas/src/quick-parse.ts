import { z } from 'zod';
import { fitsLength, toLengthRule } from './length-rule.ts';
import { fitNumbers, fitsNumber, toNumberRule } from './number-rule.ts';

/** Gives what the schema gives for the value, as a fresh copy, or `unsure`. */
type Read = (value: unknown) => unknown;
type Definition<K extends z.core.$ZodTypes['_zod']['def']['type']> = Extract<
  z.core.$ZodTypes['_zod']['def'],
  { type: K }
>;

const unsure = Symbol('zod decides');
const readers = new WeakMap<z.ZodType, Read>();

/**
 * `schema.safeParse(value)`, sooner. Values that are surely valid are copied by closures made once for the schema:
 * checking 784 numbers takes one microsecond, zod's call for each of them takes 40. All else (a value that looks wrong,
 * a schema with refinements, transforms, defaults, formats or anything not named below) is zod's own to judge, so answers
 * and errors are always zod's.
 *
 * Closures and not the generated code of `z.compile`: they hold where a policy forbids `new Function`, too. A copy and
 * not the value itself, because callers lean on that: a pipeline may fill one scratch array for every item of a batch.
 */
export function quickParse<S extends z.ZodType>(
  schema: S,
  value: unknown,
): z.ZodSafeParseResult<z.output<S>> {
  let read = readers.get(schema);
  if (!read) {
    read = (isRecursive(schema) ? undefined : compile(schema)) ?? (() => unsure);
    readers.set(schema, read);
  }
  const data = read(value);
  // what was read is what zod would have given
  return data === unsure ? schema.safeParse(value) : { success: true, data: data as z.output<S> };
}

/** Following a schema that holds itself would not end. Looking for that may run getters of its author, which may throw. */
function isRecursive(schema: z.ZodType): boolean {
  try {
    return z.core.isRecursiveSchema(schema);
  } catch {
    return true;
  }
}

/** Coercion makes no difference: it leaves a value of the right type as it is, and all others are zod's. */
function compile(schema: z.core.$ZodType): Read | undefined {
  // zod's kinds are told apart by their `type`
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const checks = checksOf(schema);
  if (def.type === 'number') return compileNumber(checks);
  if (def.type === 'string') return compileString(checks);
  if (def.type === 'array') return compileList(def, checks);
  if (checks.length > 0) return undefined;
  if (def.type === 'object') return compileObject(def);
  if (def.type === 'nullable') return compileNullable(def);
  if (def.type === 'optional' && !(schema instanceof z.core.$ZodExactOptional)) return compileOptional(def);
  if (def.type === 'boolean') return (value) => (typeof value === 'boolean' ? value : unsure);
  if (def.type === 'any' || def.type === 'unknown') return (value) => value;
  if (def.type === 'enum' || def.type === 'literal' || def.type === 'null') return compileValues(schema);
  return undefined;
}

/** A format such as `z.int()` or `z.email()` is a check of itself. */
function checksOf(schema: z.core.$ZodType): readonly z.core.$ZodCheck[] {
  const checks = schema._zod.def.checks ?? [];
  return schema instanceof z.core.$ZodCheck ? [schema, ...checks] : checks;
}

function compileNumber(checks: readonly z.core.$ZodCheck[]): Read | undefined {
  const rule = toNumberRule(checks);
  return rule && ((value) => (fitsNumber(rule, value) ? value : unsure));
}

function compileString(checks: readonly z.core.$ZodCheck[]): Read | undefined {
  const rule = toLengthRule(checks);
  return rule && ((value) => (typeof value === 'string' && fitsLength(rule, value) ? value : unsure));
}

function compileValues(schema: z.core.$ZodType): Read | undefined {
  const { values } = schema._zod;
  // zod looks a value up in this very set, whatever its type
  const known: ReadonlySet<unknown> | undefined = values;
  return known && ((value) => (known.has(value) ? value : unsure));
}

function compileNullable({ innerType }: Definition<'nullable'>): Read | undefined {
  const read = compile(innerType);
  return read && ((value) => (value === null ? null : read(value)));
}

function compileOptional({ innerType }: Definition<'optional'>): Read | undefined {
  const read = compile(innerType);
  return read && ((value) => (value === undefined ? undefined : read(value)));
}

function compileList(
  { element }: Definition<'array'>,
  checks: readonly z.core.$ZodCheck[],
): Read | undefined {
  const length = toLengthRule(checks);
  const copy = element._zod.def.type === 'number' ? compileNumbersCopy(element) : compileItemsCopy(element);
  return (
    length && copy && ((value) => (Array.isArray(value) && fitsLength(length, value) ? copy(value) : unsure))
  );
}

type CopyList = (list: readonly unknown[]) => unknown;

function compileNumbersCopy(element: z.core.$ZodType): CopyList | undefined {
  const rule = compile(element) && toNumberRule(checksOf(element));
  return (
    rule &&
    ((list) => {
      if (!isPlainList(list)) return unsure;
      const copy = list.slice();
      return fitNumbers(rule, copy) ? copy : unsure;
    })
  );
}

/** `slice` copies such a list's memory as it is, and asks nobody for another kind of list. */
function isPlainList(list: readonly unknown[]): boolean {
  return Object.getPrototypeOf(list) === Array.prototype && !Object.hasOwn(list, 'constructor');
}

function compileItemsCopy(element: z.core.$ZodType): CopyList | undefined {
  const read = compile(element);
  return (
    read &&
    ((list) => {
      const copy = new Array<unknown>(list.length);
      for (let index = 0; index < list.length; index += 1) {
        const item = read(list[index]);
        if (item === unsure) return unsure;
        copy[index] = item;
      }
      return copy;
    })
  );
}

interface Field {
  readonly name: string;
  readonly read: Read;
  readonly isOptional: boolean;
}

function compileObject({ shape, catchall }: Definition<'object'>): Read | undefined {
  const isStrict = catchall?._zod.def.type === 'never';
  if (catchall && !isStrict) return undefined;
  const fields = Reflect.ownKeys(shape).map((name) => compileField(shape, name));
  if (!fields.every((field) => field !== undefined)) return undefined;
  const names = isStrict && new Set(fields.map(({ name }) => name));
  return (value) =>
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value) ||
    (names && hasOtherNames(value, names))
      ? unsure
      : copyFields(fields, value);
}

function compileField(shape: z.core.$ZodShape, name: string | symbol): Field | undefined {
  // zod leaves `__proto__` out of what it gives, declared or not
  const schema = typeof name === 'string' && name !== '__proto__' ? shape[name] : undefined;
  const read = schema && compile(schema);
  return read && { name: String(name), read, isOptional: schema._zod.optin === 'optional' };
}

/** As zod looks for them: inherited names count, symbols do not. */
function hasOtherNames(value: object, names: ReadonlySet<string>): boolean {
  for (const name in value) if (!names.has(name)) return true;
  return false;
}

function copyFields(fields: readonly Field[], value: object): unknown {
  // any name may be asked for: what comes is checked
  const given = value as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  for (const { name, read, isOptional } of fields) {
    if (!(name in given)) {
      if (isOptional) continue;
      return unsure;
    }
    const part = read(given[name]);
    if (part === unsure) return unsure;
    copy[name] = part;
  }
  return copy;
}
