import { createHash } from 'node:crypto';

const textLengthMax = 512;
const listLengthMax = 32;
const jsonLengthMax = 4096;

/**
 * A value as JSON text that is small and that PostgreSQL's `jsonb` takes: long texts and lists are cut, bytes become
 * their size and hash, NUL and lone surrogates are replaced.
 */
export function boundedCopy(value: unknown): { json: string | null; truncated: boolean } {
  let truncated = false;
  const json = JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'string') {
      if (part.length > textLengthMax) truncated = true;
      return part.slice(0, textLengthMax).toWellFormed().replaceAll('\0', '\ufffd');
    }
    if (part instanceof Uint8Array) {
      return { bytes: part.byteLength, sha256: createHash('sha256').update(part).digest('hex') };
    }
    if (Array.isArray(part) && part.length > listLengthMax) {
      truncated = true;
      return part.slice(0, listLengthMax);
    }
    return part;
  });
  if (json === undefined || json.length <= jsonLengthMax) return { json: json ?? null, truncated };
  return { json: null, truncated: true };
}
