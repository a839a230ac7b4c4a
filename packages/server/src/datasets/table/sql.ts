/** A text as SQL. For paths and names of ours: what callers send is bound, never written. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** SQL for a file, or several one after another. */
export function pathsLiteral(paths: readonly string[]): string {
  return `[${paths.map(literal).join(', ')}]`;
}
