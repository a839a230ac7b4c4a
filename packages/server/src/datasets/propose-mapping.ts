import type { AnyContract, Column, ColumnType, ProposedMapping } from '@oriel/schemas';
import { type FieldKind, type InputField, inputFieldsOf } from './input-fields.ts';

interface Proposal {
  readonly column: string | null;
  readonly reason: string;
}

/**
 * Proposes which columns fill which fields of a model: those of the same name, then those whose names differ only in
 * case, separators and a unit that one of them leaves out, then, for a required field, the only column that is left of
 * a type that fits. Never a guess between two.
 */
export function proposeMapping(contract: AnyContract, columns: readonly Column[]): ProposedMapping {
  const fields = inputFieldsOf(contract);
  const proposals = new Map<string, Proposal>();
  const taken = new Set<string>();
  const isFree = ({ name }: Column) => !taken.has(name);

  for (const propose of [bySameName, byLikeName, byType]) {
    // all of one step are found before any is taken, so that the order of fields decides nothing
    const open = fields.filter(({ name }) => (proposals.get(name)?.column ?? null) === null);
    const found = open.map((field) => [field.name, propose(field, columns.filter(isFree), open)] as const);
    for (const [name, proposal] of found) {
      if (!proposal) continue;
      proposals.set(name, proposal);
      if (proposal.column !== null) taken.add(proposal.column);
    }
  }

  const list = fields.map(({ name, isRequired }) => {
    const { column, reason } = proposals.get(name) ?? { column: null, reason: noneReason(isRequired) };
    return { field: name, isRequired, column, reason };
  });
  const mapping = list.flatMap(({ field, column }) => (column === null ? [] : [[field, column] as const]));
  return { mapping: Object.fromEntries(mapping), fields: list };
}

type Propose = (
  field: InputField,
  free: readonly Column[],
  open: readonly InputField[],
) => Proposal | undefined;

const bySameName: Propose = ({ name }, free) =>
  free.some((column) => column.name === name) ? { column: name, reason: 'It has the same name.' } : undefined;

const byLikeName: Propose = (field, free, open) => {
  const wanted = readName(field.name);
  const alike = free.filter(({ name }) => readName(name).stem === wanted.stem);
  const fitting = alike.filter(({ name }) => isSameUnit(readName(name).unit, wanted.unit));
  const [only, other] = fitting;
  if (!only)
    return alike[0] && { column: null, reason: `The column "${alike[0].name}" has another unit of measure.` };
  if (other)
    return { column: null, reason: `Both "${only.name}" and "${other.name}" have a name like it: choose.` };
  const rivals = open.filter(({ name }) => readName(name).stem === wanted.stem);
  if (rivals.length > 1) return { column: null, reason: `"${only.name}" could fill more than this field.` };
  return { column: only.name, reason: 'Its name is the same but for case, separators or a unit.' };
};

const byType: Propose = (field, free, open) => {
  if (!field.isRequired) return undefined;
  const fitting = free.filter(({ type }) => fits(type, field));
  const rivals = open.filter(
    (other) => other !== field && other.isRequired && fitting.some(({ type }) => fits(type, other)),
  );
  const [only] = fitting;
  if (fitting.length !== 1 || rivals.length > 0 || !only) return undefined;
  return { column: only.name, reason: `It is the only column left that holds ${nameOfKind(only.type)}.` };
};

function noneReason(isRequired: boolean): string {
  return isRequired
    ? 'No column has such a name, and none is the only one of a type that fits: choose.'
    : 'No column has such a name. The field may be left out.';
}

const unitPattern =
  /^(?:nm|mm|cm|dm|m|km|in|inch|inches|ft|mg|g|kg|lb|lbs|oz|ms|s|sec|min|hours|days|years|ml|c|f|pct|percent|usd|eur|gbp)$/;

/** `Culmen Length (mm)`, `culmen_length_mm` and `culmenLengthMm` are `culmenlength` in `mm`. */
function readName(name: string): { readonly stem: string; readonly unit: string | null } {
  const words = name
    .normalize('NFKC')
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}%]+/u)
    .filter((word) => word !== '');
  const last = words.at(-1) ?? '';
  const hasUnit = words.length > 1 && unitPattern.test(last);
  return { stem: (hasUnit ? words.slice(0, -1) : words).join(''), unit: hasUnit ? last : null };
}

/** A unit that one name leaves out is no contradiction; grams and kilograms are. */
function isSameUnit(unit: string | null, other: string | null): boolean {
  return unit === null || other === null || unit === other;
}

const kindsOfType: Readonly<Record<ColumnType, readonly FieldKind[]>> = {
  boolean: ['boolean'],
  integer: ['number'],
  bigint: [],
  number: ['number'],
  text: ['text'],
  date: [],
  timestamp: [],
  json: ['json'],
  image: ['image'],
};

function fits(type: ColumnType, { kinds }: InputField): boolean {
  return kindsOfType[type].some((kind) => kinds.has(kind));
}

function nameOfKind(type: ColumnType): string {
  if (type === 'integer' || type === 'number') return 'numbers';
  if (type === 'boolean') return 'booleans';
  if (type === 'image') return 'images';
  return type === 'json' ? 'lists or objects' : 'texts';
}
