import { columnNameCharsMax, columnsMax } from '@oriel/schemas';
import { type Fault, shown, unreadable } from '../unreadable.ts';

/**
 * Names for columns as a header has them: trimmed, and `column_3` for the third where it has none. A NUL, which
 * hardly any program can hold in a name, is replaced.
 *
 * @param line - the header's, where there is one
 * @throws AppError DATASET_UNREADABLE when two are equal, one is too long, or there are too many
 */
export function columnNames(header: readonly string[], line?: number): string[] {
  checkColumnCount(header.length, line);
  const given = header.map((name) => name.trim().replaceAll('\0', '\uFFFD'));
  const taken = new Set(given);
  const names = given.map((name, index) => name || freeName(`column_${index + 1}`, taken));
  const [first, ...others] = [...tooLong(names, line), ...unusable(names, line), ...duplicates(names, line)];
  if (first) throw unreadable([first, ...others.slice(0, faultsMax - 1)]);
  return names;
}

const faultsMax = 100;

/** @throws AppError DATASET_UNREADABLE */
export function checkColumnCount(count: number, line?: number): void {
  if (count <= columnsMax) return;
  const message = `It has ${count} columns; at most ${columnsMax} can be read.`;
  throw unreadable({ rule: 'too_many_columns', line, message });
}

/** `base`, or the first of `base_2`, `base_3`, … that is free; taken from then on. */
export function freeName(base: string, taken: Set<string>): string {
  let name = base;
  for (let n = 2; taken.has(name); n += 1) name = `${base}_${n}`;
  taken.add(name);
  return name;
}

function tooLong(names: readonly string[], line: number | undefined): Fault[] {
  return names.flatMap((name, index) => {
    if (name.length <= columnNameCharsMax) return [];
    const message = `The name of column ${index + 1} is longer than ${columnNameCharsMax} characters, the most that are allowed.`;
    return [{ rule: 'name_too_long', line, column: index + 1, message }];
  });
}

/** A row is an object: this name would set its prototype rather than a value. */
function unusable(names: readonly string[], line: number | undefined): Fault[] {
  return names.flatMap((name, index) => {
    if (name !== '__proto__') return [];
    const message = `Column ${index + 1} is called "__proto__", which no column can be. Rename it.`;
    return [{ rule: 'name_not_allowed', line, column: index + 1, message }];
  });
}

function duplicates(names: readonly string[], line: number | undefined): Fault[] {
  const places = new Map<string, number[]>();
  for (const [index, name] of names.entries()) places.set(name, [...(places.get(name) ?? []), index + 1]);
  return [...places].flatMap(([name, columns]) => {
    if (columns.length === 1) return [];
    const message = `The columns ${listOf(columns)} are all called ${shown(name)}. Give each a name of its own.`;
    return [{ rule: 'duplicate_column', line, column: name, message }];
  });
}

function listOf(numbers: readonly number[]): string {
  const some = numbers.slice(0, 10);
  const rest = numbers.length - some.length;
  return rest > 0
    ? `${some.join(', ')} and ${rest} more`
    : `${some.slice(0, -1).join(', ')} and ${some.at(-1)}`;
}
