import type { AnyContract, ItemError } from '@oriel/schemas';
import type { RawRow } from '../datasets/table/table.ts';
import type { CellOf, PlainColumn } from '../datasets/table/write-columns.ts';
import { toContractSchemas } from '../models/contract-schema.ts';

type JsonSchema = Readonly<Record<string, unknown>>;
type Cell = RawRow[string];

/** A column of results, and where in a model's output its value is. */
interface OutputColumn extends PlainColumn {
  readonly path: readonly string[];
}

/** How outputs become rows. */
export interface OutputColumns {
  readonly columns: readonly PlainColumn[];
  /** The column that holds why a row has no output; null in every other row. */
  readonly errorColumn: string;
  /** The cells of rows that have an output, or an error; without making a row of each. */
  cellsOf(
    outputs: readonly unknown[],
    errors: ReadonlyMap<number, Pick<ItemError, 'code' | 'message'>>,
  ): CellOf;
  toRow(output: unknown): RawRow;
  toFailedRow(error: ItemError): RawRow;
}

/** Objects within each other are laid out this deep; what is deeper is JSON. */
const depthMax = 5;

/**
 * The columns that a model's outputs fill: one for each field, named by its path (`probabilities.Adelie`), lists and
 * everything of no fixed shape as JSON, and two for why a row failed. They follow from the contract alone, so every chunk
 * has the same.
 */
export function outputColumnsOf(contract: AnyContract): OutputColumns {
  const { output } = toContractSchemas(contract);
  const names = new Set<string>();
  const defs = (output.$defs ?? {}) as Readonly<Record<string, JsonSchema>>;
  const fields = layOut(output, [], defs).map(({ path, type }) => ({
    name: freeName(path.join('.'), names),
    type,
    read: readerOf(path),
  }));
  const errorColumn = freeName('error_code', names);
  const messageColumn = freeName('error_message', names);
  const nothing: RawRow = Object.fromEntries(fields.map(({ name }) => [name, null]));

  return {
    columns: [
      ...fields.map(({ name, type }) => ({ name, type })),
      { name: errorColumn, type: 'text' },
      { name: messageColumn, type: 'text' },
    ],
    errorColumn,
    cellsOf: (outputs, errors) => (column) => {
      const field = fields[column];
      if (field) return (row) => field.read(outputs[row]);
      if (errors.size === 0) return null;
      const part = column === fields.length ? 'code' : 'message';
      return (row) => errors.get(row)?.[part] ?? null;
    },
    toRow(value) {
      const row: RawRow = {};
      for (const { name, read } of fields) row[name] = read(value);
      row[errorColumn] = null;
      row[messageColumn] = null;
      return row;
    },
    toFailedRow: ({ code, message }) => ({ ...nothing, [errorColumn]: code, [messageColumn]: message }),
  };
}

/** A model may have outputs of the same name at different depths, or one that is called like an error. */
function freeName(name: string, names: Set<string>): string {
  let free = name;
  for (let n = 2; names.has(free); n += 1) free = `${name}_${n}`;
  names.add(free);
  return free;
}

function layOut(
  schema: JsonSchema,
  path: readonly string[],
  defs: Readonly<Record<string, JsonSchema>>,
): Pick<OutputColumn, 'path' | 'type'>[] {
  const plain = resolve(schema, defs);
  const properties = plain.properties as Readonly<Record<string, JsonSchema>> | undefined;
  const isObject = plain.type === 'object' && properties !== undefined && Object.keys(properties).length > 0;
  if (isObject && path.length < depthMax)
    return Object.entries(properties).flatMap(([name, field]) => layOut(field, [...path, name], defs));
  // an output that is no object at all has one column
  return [{ path: path.length > 0 ? path : ['output'], type: typeOf(plain) }];
}

/** Follows a reference, and looks through "or null". */
function resolve(schema: JsonSchema, defs: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const { $ref, anyOf, type } = schema;
  if (typeof $ref === 'string') return resolve(defs[$ref.replace('#/$defs/', '')] ?? {}, defs);
  if (Array.isArray(type)) {
    const types = type.filter((each) => each !== 'null');
    return { ...schema, type: types.length === 1 ? types[0] : types };
  }
  if (!Array.isArray(anyOf)) return schema;
  const others = (anyOf as JsonSchema[]).filter(({ type }) => type !== 'null');
  return others.length === 1 ? resolve(others[0] ?? {}, defs) : schema;
}

const columnTypes: Readonly<Record<string, PlainColumn['type']>> = {
  string: 'text',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
};

function typeOf({ type }: JsonSchema): PlainColumn['type'] {
  return (typeof type === 'string' ? columnTypes[type] : undefined) ?? 'json';
}

/** What an output has at a path; null where it has nothing. */
function readerOf(path: readonly string[]): (output: unknown) => Cell {
  const steps = path.map(stepTo);
  const [first, second] = steps;
  // most have a step or two, and there are many rows
  if (first && second && steps.length === 2) return (output) => toCell(second(first(output)));
  if (first && steps.length === 1) return (output) => toCell(first(output));
  return (output) => toCell(steps.reduce((value, step) => step(value), output));
}

function stepTo(name: string): (value: unknown) => unknown {
  // outputs have no names of their own but those that were written into them, and what every object has
  const isOfAll = name in Object.prototype;
  return (value) => {
    if (!isObject(value) || (isOfAll && !Object.hasOwn(value, name))) return undefined;
    return value[name];
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Outputs are JSON: their contract says so. */
function toCell(value: unknown): Cell {
  return (value ?? null) as Cell;
}
