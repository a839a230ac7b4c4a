/** The parts of JSON Schema, draft 2020-12, that this page reads. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

export interface ResolvedSchema {
  readonly schema: Schema;
  readonly isNullable: boolean;
}

/** A schema with its references followed and "or null" taken off and told apart. */
export function resolveSchema(schema: Schema, root: Schema): ResolvedSchema {
  return stripNull(followReference(schema, root), root);
}

/** Follows `#/$defs/…`; what stands beside a reference, such as a description, wins over what it refers to. */
function followReference(schema: Schema, root: Schema, depth = 0): Schema {
  const { $ref, ...beside } = schema;
  const target = $ref?.startsWith('#/$defs/')
    ? root.$defs?.[decodeURIComponent($ref.slice('#/$defs/'.length))]
    : undefined;
  // a schema that refers to itself has no form; the depth is where we stop asking
  if (!target || depth > 8) return schema;
  return followReference({ ...target, ...beside }, root, depth + 1);
}

function stripNull(schema: Schema, root: Schema): ResolvedSchema {
  const { anyOf, oneOf, allOf, ...beside } = schema;
  const choices = anyOf ?? oneOf;
  if (choices) {
    const others = choices.filter((choice) => choice.type !== 'null');
    const [only] = others;
    if (!only || others.length > 1) return { schema, isNullable: others.length < choices.length };
    const inner = resolveSchema(only, root);
    return {
      schema: { ...inner.schema, ...beside },
      isNullable: inner.isNullable || others.length < choices.length,
    };
  }
  const [part] = allOf ?? [];
  if (part && allOf?.length === 1) return resolveSchema({ ...part, ...beside }, root);
  if (typeof schema.type === 'object' && schema.type.includes('null')) {
    const [type, ...more] = schema.type.filter((each) => each !== 'null');
    if (type && more.length === 0) return { schema: { ...schema, type }, isNullable: true };
  }
  return { schema, isNullable: false };
}

/** The bounds of a number, each null when there is none. */
export function readBounds(schema: Schema): { min: number | null; max: number | null } {
  // schemas of whole numbers state the largest exact ones, which bound nothing a person would type
  const real = (bound: number | undefined) =>
    bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? null : bound;
  return {
    min: real(schema.minimum ?? schema.exclusiveMinimum),
    max: real(schema.maximum ?? schema.exclusiveMaximum),
  };
}
