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

const termsAtOnce = 100;

/** SQL of a sum. Each term of a sum lies a level deeper than the next one, and DuckDB reads a thousand levels: sums of sums are flat. */
export function sumSql(terms: readonly string[]): string {
  if (terms.length <= termsAtOnce) return `(${terms.join(' + ') || 0})`;
  const sums: string[] = [];
  for (let start = 0; start < terms.length; start += termsAtOnce)
    sums.push(sumSql(terms.slice(start, start + termsAtOnce)));
  return sumSql(sums);
}
