import type { SchemaChanges } from '@oriel/schemas';

const namesMax = 10;

/** How the columns of a version differ from those before, one line for each kind of change. */
export function describeChanges({ added, removed, retyped }: SchemaChanges): string[] {
  const lines = [
    ...(added.length > 0 ? [`New: ${list(added.map(({ name, type }) => `${name} (${type})`))}`] : []),
    ...(removed.length > 0 ? [`Gone: ${list(removed.map(({ name }) => name))}`] : []),
    ...(retyped.length > 0
      ? [`Of another type: ${list(retyped.map(({ name, from, to }) => `${name} (${from}, now ${to})`))}`]
      : []),
  ];
  return lines.length > 0 ? lines : ['The same columns as before'];
}

function list(names: readonly string[]): string {
  const more = names.length - namesMax;
  return names.slice(0, namesMax).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
