import type { AnyContract, Column, ColumnMapping, ErrorIssue } from '@oriel/schemas';
import { AppError } from '../errors.ts';
import { toExactNumber } from './exact-number.ts';
import { type InputField, inputFieldsOf } from './input-fields.ts';
import type { RawRow } from './table/table.ts';

type Cell = RawRow[string];
/** Makes an input of a row: as it travels, for the contract to judge. */
export type RowMapper = (row: RawRow) => Record<string, unknown>;

/** The columns that a mapping reads, each once: no other need be read from the file. */
export function columnsOfMapping(mapping: ColumnMapping): string[] {
  return [...new Set(Object.values(mapping))];
}

/**
 * Checks a mapping, and makes the function that turns rows into inputs of a model.
 *
 * An empty cell is null where the field takes null or is required, and is left out where the field may be left out. A
 * text is read as a number, a boolean or JSON where the field takes no text and nothing is lost by it; what does not
 * fit stays as it is, so that the contract refuses it by name.
 *
 * @throws AppError INPUT_INVALID for a field that the model does not have, a column that the dataset does not have, and a
 * required field that no column fills
 */
export function createRowMapper(
  contract: AnyContract,
  columns: readonly Column[],
  mapping: ColumnMapping,
): RowMapper {
  const fields = mappedFields(contract, columns, mapping);
  return (row) => {
    const input: Record<string, unknown> = {};
    for (const { name, column, read } of fields) {
      const value = read(row[column] ?? null);
      if (value !== undefined) input[name] = value;
    }
    return input;
  };
}

/** A field of a model's input, the column that it is read from, and how. */
export interface MappedField {
  readonly name: string;
  readonly column: string;
  /** Undefined where the field is to be left out. */
  readonly read: (cell: Cell) => unknown;
}

/** The fields of a model that columns fill, as {@link createRowMapper} reads them. @throws AppError INPUT_INVALID, as that does */
export function mappedFields(
  contract: AnyContract,
  columns: readonly Column[],
  mapping: ColumnMapping,
): MappedField[] {
  const fields = inputFieldsOf(contract);
  checkMapping(contract, fields, columns, mapping);
  return fields.flatMap((field) => {
    const column = Object.hasOwn(mapping, field.name) ? mapping[field.name] : undefined;
    return column === undefined ? [] : [{ name: field.name, column, read: readerOf(field) }];
  });
}

function checkMapping(
  { id }: AnyContract,
  fields: readonly InputField[],
  columns: readonly Column[],
  mapping: ColumnMapping,
): void {
  const fieldNames = new Set(fields.map(({ name }) => name));
  const columnNames = new Set(columns.map(({ name }) => name));
  const issues: ErrorIssue[] = [];
  const refuse = (field: string, rule: string, message: string) =>
    issues.push({ path: ['mapping', field], rule, message });
  for (const [field, column] of Object.entries(mapping)) {
    if (!fieldNames.has(field))
      refuse(field, 'unknown_field', `the model "${id}" has no input field "${field}": ${list(fieldNames)}`);
    else if (!columnNames.has(column))
      refuse(field, 'unknown_column', `the dataset has no column "${column}": ${list(columnNames)}`);
  }
  for (const { name, isRequired } of fields)
    if (isRequired && !Object.hasOwn(mapping, name))
      refuse(name, 'required', `the model "${id}" needs the field "${name}", and no column fills it`);
  if (issues.length === 0) return;
  throw new AppError('INPUT_INVALID', `The mapping does not fit: ${issues[0]?.message}.`, { issues });
}

const namesShown = 20;

function list(names: ReadonlySet<string>): string {
  const shown = [...names].slice(0, namesShown).join(', ');
  return names.size > namesShown ? `${shown} and ${names.size - namesShown} more` : shown;
}

function readerOf(field: InputField): (cell: Cell) => unknown {
  const { kinds, isNullable, isRequired, choices } = field;
  const empty = isNullable || isRequired ? null : undefined;
  // looked up once, and not for each of a million cells
  const takesText = kinds.has('text');
  const isNumberKept = kinds.has('number') || !takesText;
  const isBooleanKept = kinds.has('boolean') || !takesText;
  // a choice of texts that has no empty one: an empty text is no choice, but a cell without a value
  const isEmptyText = !takesText || (choices !== null && !choices.includes(''));
  return (cell) => {
    if (cell === null || (cell === '' && isEmptyText)) return empty;
    if (typeof cell === 'string') return takesText ? cell : fromText(cell, kinds);
    if (typeof cell === 'number') return isNumberKept ? cell : String(cell);
    if (typeof cell === 'boolean') return isBooleanKept ? cell : String(cell);
    // inputs travel as JSON, where bytes are base64
    return cell instanceof Uint8Array ? toBase64(cell) : cell;
  };
}

function fromText(text: string, kinds: InputField['kinds']): unknown {
  if (kinds.has('number')) {
    const number = toExactNumber(text);
    if (number !== null) return number;
  }
  if (kinds.has('boolean') && /^(?:true|false)$/i.test(text.trim())) return /^true$/i.test(text.trim());
  return kinds.has('json') ? parsed(text) : text;
}

/** Lists and objects in a CSV are JSON in a text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function toBase64({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
