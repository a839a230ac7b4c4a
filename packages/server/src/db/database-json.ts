import type { Prisma } from '../generated/prisma/client.ts';

const nul = '\0';

/**
 * JSON as PostgreSQL takes it: its `jsonb` knows no NUL and no half of a character, which texts and names of callers and of
 * datasets may hold. Hardly any does, so that copies, which hold the event loop where there are thousands of columns, are
 * made for those alone.
 */
export function toDatabaseJson(value: unknown): Prisma.InputJsonValue {
  const text = JSON.stringify(value);
  // halves are written as the numbers that they have, whole characters as they are.
  // what can be written as JSON is JSON; null alone is no value here, and nobody stores it
  if (!text.includes('\\u0000') && !text.includes('\\ud')) return value as Prisma.InputJsonValue;
  return JSON.parse(text, (_key, part: unknown) => cleaned(part)) as Prisma.InputJsonValue;
}

/** @param part - what is in it is clean already */
function cleaned(part: unknown): unknown {
  if (typeof part === 'string') return cleanedText(part);
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [cleanedText(name), value]));
}

function cleanedText(text: string): string {
  return text.toWellFormed().replaceAll(nul, '\uFFFD');
}
