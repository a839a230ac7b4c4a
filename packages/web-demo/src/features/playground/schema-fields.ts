import { readFieldName } from '../../lib/field-name.ts';
import { readBounds, resolveSchema, type Schema } from '../../lib/json-schema.ts';

export type FieldKind =
  | {
      readonly kind: 'number';
      readonly isInteger: boolean;
      readonly min: number | null;
      readonly max: number | null;
    }
  | { readonly kind: 'text'; readonly isLong: boolean }
  | { readonly kind: 'choice'; readonly options: readonly unknown[] }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'media'; readonly types: readonly string[] }
  /** Whatever has no control of its own: lists, objects, unions. Written as JSON. */
  | { readonly kind: 'json' };

/** One field of a form. */
export type Field = FieldKind & {
  readonly name: string;
  readonly label: string;
  readonly unit: string | null;
  readonly help: string | null;
  /** False when the field may be left out. */
  readonly isRequired: boolean;
  /** Whether null says that there is no value. */
  readonly isNullable: boolean;
};

interface Media {
  readonly field: string;
  readonly types: readonly string[];
}

/** Texts that may be longer than this get more than one line. */
const lineLengthMax = 1000;

/** The fields of a form for the inputs that a schema describes, in the schema's order. */
export function toFields(root: Schema, media?: Media): Field[] {
  return Object.entries(root.properties ?? {}).map(([name, property]) => {
    const { schema, isNullable } = resolveSchema(property, root);
    const { label, unit } = readFieldName(name);
    const kind: FieldKind = name === media?.field ? { kind: 'media', types: media.types } : toKind(schema);
    return {
      ...kind,
      name,
      label: schema.title ?? label,
      unit,
      help: schema.description ?? null,
      isRequired: (root.required ?? []).includes(name),
      isNullable,
    };
  });
}

function toKind(schema: Schema): FieldKind {
  if (schema.enum) return { kind: 'choice', options: schema.enum.filter((option) => option !== null) };
  if ('const' in schema) return { kind: 'choice', options: [schema.const] };
  const { type } = schema;
  if (type === 'number' || type === 'integer') {
    return { kind: 'number', isInteger: type === 'integer', ...readBounds(schema) };
  }
  if (type === 'string') return { kind: 'text', isLong: (schema.maxLength ?? Infinity) > lineLengthMax };
  return { kind: type === 'boolean' ? 'boolean' : 'json' };
}
