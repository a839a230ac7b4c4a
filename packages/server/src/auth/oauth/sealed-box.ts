import { hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, errors } from 'jose';

/** Encrypts what the database keeps but must not be able to use. */
export interface SealedBox {
  seal(text: string): Promise<string>;
  /** Null for what was sealed under another secret. */
  open(sealed: string): Promise<string | null>;
}

/**
 * @param secret - at least 32 random characters; never in the database
 * @param purpose - what is sealed in one box cannot be opened in one for another purpose
 */
export function createSealedBox(secret: string, purpose = 'oriel signing keys'): SealedBox {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', purpose, 32));
  return {
    seal: (text) =>
      new CompactEncrypt(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .encrypt(key),
    async open(sealed) {
      try {
        const { plaintext } = await compactDecrypt(sealed, key, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        });
        return new TextDecoder().decode(plaintext);
      } catch (error) {
        if (error instanceof errors.JOSEError) return null;
        throw error;
      }
    },
  };
}
