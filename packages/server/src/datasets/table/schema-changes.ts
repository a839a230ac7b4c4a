import type { Column, SchemaChanges } from '@oriel/schemas';

/** How the columns of a version differ from those of the one before; their order is no difference. */
export function schemaChanges(before: readonly Column[], after: readonly Column[]): SchemaChanges {
  const typeBefore = new Map(before.map(({ name, type }) => [name, type]));
  const names = new Set(after.map(({ name }) => name));
  return {
    added: after.filter(({ name }) => !typeBefore.has(name)).map(toPlain),
    removed: before.filter(({ name }) => !names.has(name)).map(toPlain),
    retyped: after.flatMap(({ name, type: to }) => {
      const from = typeBefore.get(name);
      return from === undefined || from === to ? [] : [{ name, from, to }];
    }),
  };
}

function toPlain({ name, type }: Column): Column {
  return { name, type };
}
