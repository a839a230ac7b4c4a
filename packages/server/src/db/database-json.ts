import type { Prisma } from '../generated/prisma/client.ts';

const nul = '\0';

/**
 * JSON as PostgreSQL takes it: its `jsonb` knows no NUL, which texts of callers and of datasets may hold. Hardly any does, so that
 * copies, which hold the event loop where there are thousands of columns, are made for those alone.
 */
export function toDatabaseJson(value: unknown): Prisma.InputJsonValue {
  const text = JSON.stringify(value);
  // what can be written as JSON is JSON; null alone is no value here, and nobody stores it
  if (!text.includes('\\u0000')) return value as Prisma.InputJsonValue;
  return JSON.parse(text, (_key, part: unknown) =>
    typeof part === 'string' && part.includes(nul) ? part.replaceAll(nul, '\uFFFD') : part,
  ) as Prisma.InputJsonValue;
}
