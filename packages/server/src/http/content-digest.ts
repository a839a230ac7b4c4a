import { AppError } from '../errors.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The SHA-256 that a sender says its body has, as sent; base64. Null when it says none; other algorithms are left
 * unchecked, as the standard has it.
 *
 * @see RFC 9530, section 2, "The Content-Digest Field"
 */
export function readContentDigest(headers: Headers): string | null {
  const text = String(headers['content-digest'] ?? '');
  const [, digest] = /(?:^|[,\s])sha-256=:([A-Za-z0-9+/]{43}=):/.exec(text) ?? [];
  return digest ?? null;
}

/** The SHA-256 that a sender says its file has, unpacked; hex. Null when it says none. */
export function readContentSha256(headers: Headers): string | null {
  const value = headers['x-content-sha256'];
  if (value === undefined) return null;
  if (typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value)) return value.toLowerCase();
  const message = 'must be the SHA-256 of the file, in hex';
  throw new AppError('INPUT_INVALID', `The header x-content-sha256 ${message}.`, {
    issues: [{ path: ['x-content-sha256'], rule: 'header', message }],
  });
}

/** @throws AppError UPLOAD_INCOMPLETE when what came is not what was sent */
export function checkDigest(expected: string | null, found: string | null, header: string): void {
  if (expected === null || expected === found) return;
  throw new AppError(
    'UPLOAD_INCOMPLETE',
    `What arrived is not what ${header} says: it was changed or cut on its way. Nothing of it was kept: send it again.`,
  );
}
