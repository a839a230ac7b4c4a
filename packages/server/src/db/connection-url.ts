/**
 * A connection string as it may be shown: without its password.
 *
 * @example toShownUrl('postgres://oriel:secret@db:5432/oriel') // postgres://oriel:***@db:5432/oriel
 */
export function toShownUrl(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed) return '(not a URL)';
  if (parsed.password) parsed.password = '***';
  for (const name of ['password', 'sslpassword']) {
    if (parsed.searchParams.has(name)) parsed.searchParams.set(name, '***');
  }
  return parsed.href;
}

/** The schema that Prisma's `?schema=` parameter names; PostgreSQL's own default where there is none. */
export function schemaOfUrl(url: string): string {
  return URL.parse(url)?.searchParams.get('schema') || 'public';
}
