import type { AnyContract } from '@oriel/schemas';
import { toContractSchemas } from '../models/contract-schema.ts';

/** What a field can hold, besides null. */
export type FieldKind = 'number' | 'text' | 'boolean' | 'json' | 'image';

/** A field of a model's input, as far as a column can fill it. */
export interface InputField {
  readonly name: string;
  readonly isRequired: boolean;
  readonly isNullable: boolean;
  readonly kinds: ReadonlySet<FieldKind>;
  /** The only values that it takes; null where there is no such list. */
  readonly choices: readonly unknown[] | null;
}

type JsonSchema = Readonly<Record<string, unknown>>;

const kindOfType: Readonly<Record<string, FieldKind>> = {
  number: 'number',
  integer: 'number',
  string: 'text',
  boolean: 'boolean',
  object: 'json',
  array: 'json',
};

/** The fields of a contract's input, in their order. Read from its JSON Schema, which says what travels. */
export function inputFieldsOf(contract: AnyContract): InputField[] {
  const { input } = toContractSchemas(contract);
  const { properties = {}, required = [], $defs = {} } = input;
  const names = new Set(required as string[]);
  return Object.entries(properties as Record<string, JsonSchema>).map(([name, schema]) => {
    const found = { kinds: new Set<FieldKind>(), isNullable: false, choices: null as unknown[] | null };
    collect(schema, $defs as Record<string, JsonSchema>, found);
    return { name, isRequired: names.has(name), ...found };
  });
}

interface Found {
  kinds: Set<FieldKind>;
  isNullable: boolean;
  choices: unknown[] | null;
}

const combiners = ['anyOf', 'oneOf', 'allOf'] as const;

function collect(
  schema: JsonSchema,
  defs: Readonly<Record<string, JsonSchema>>,
  found: Found,
  depth = 0,
): void {
  if (depth > 10) return;
  const { $ref, type, contentEncoding, enum: listed, const: only } = schema;
  if (typeof $ref === 'string') {
    const target = defs[$ref.replace('#/$defs/', '')];
    if (target) collect(target, defs, found, depth + 1);
    return;
  }
  const parts = combiners.flatMap((combiner) => (schema[combiner] ?? []) as JsonSchema[]);
  for (const part of parts) collect(part, defs, found, depth + 1);
  if (contentEncoding === 'base64') found.kinds.add('image');
  else if (Array.isArray(listed)) addChoices(listed, found);
  else if (only !== undefined) addChoices([only], found);
  else if (type !== undefined) addTypes([type].flat(), found);
  else if (parts.length === 0) addTypes([...Object.keys(kindOfType), 'null'], found);
}

function addChoices(values: readonly unknown[], found: Found): void {
  found.choices = [...(found.choices ?? []), ...values.filter((value) => value !== null)];
  addTypes(
    values.map((value) => (value === null ? 'null' : typeof value)),
    found,
  );
}

function addTypes(types: readonly unknown[], found: Found): void {
  for (const type of types) {
    if (type === 'null') found.isNullable = true;
    else found.kinds.add(kindOfType[String(type)] ?? 'json');
  }
}
