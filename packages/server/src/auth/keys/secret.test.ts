import { describe, expect, test } from 'vitest';
import { createKeyParts, hashSecret, isSecretOf, parseKey, toKeyText } from './secret.ts';

describe('API keys', () => {
  test('are read as they were written', () => {
    for (let i = 0; i < 100; i += 1) {
      const parts = createKeyParts();
      expect(toKeyText(parts)).toMatch(/^oriel_[a-z2-7]{8}_[\w-]{43}$/);
      expect(parseKey(toKeyText(parts))).toEqual(parts);
    }
  });

  test.each([
    '',
    'oriel_',
    'oriel_abcdefgh_short',
    `oriel_ABCDEFGH_${'a'.repeat(43)}`,
    `oriel_abcdefgh_${'a'.repeat(44)}`,
  ])('what cannot be one is not looked up: %j', (text) => expect(parseKey(text)).toBeNull());

  test('match the hash of their own secret alone, and of no hash that is cut', () => {
    const { secret } = createKeyParts();
    expect(isSecretOf(secret, hashSecret(secret))).toBe(true);
    expect(isSecretOf(createKeyParts().secret, hashSecret(secret))).toBe(false);
    expect(isSecretOf(secret, hashSecret(secret).slice(0, 32))).toBe(false);
    expect(isSecretOf(secret, '')).toBe(false);
  });
});
