import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** The parts of an API key: `oriel_<id>_<secret>`. */
export interface KeyParts {
  readonly id: string;
  readonly secret: string;
}

const keyPattern = /^oriel_([a-z2-7]{8})_([\w-]{43})$/;
const base32 = 'abcdefghijklmnopqrstuvwxyz234567';

export function createKeyParts(): KeyParts {
  // 40 bits; a clash is refused by the database
  const id = Array.from(randomBytes(8), (byte) => base32[byte % 32]).join('');
  return { id, secret: randomBytes(32).toString('base64url') };
}

export function toKeyText({ id, secret }: KeyParts): string {
  return `oriel_${id}_${secret}`;
}

/** Null for what cannot be a key: it need not be looked up. */
export function parseKey(text: string): KeyParts | null {
  const [, id, secret] = keyPattern.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

/** Plain SHA-256, as hex: a secret has 256 random bits, so there is nothing to guess that a slow hash would protect. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** Takes the same time however much of it is right. */
export function isSecretOf(secret: string, secretHash: string): boolean {
  const actual = Buffer.from(hashSecret(secret));
  const expected = Buffer.from(secretHash);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
