import { describe, expect, test } from 'vitest';
import { AppError } from '../../errors.ts';
import { checkPassword } from './policy.ts';

const ada = { email: 'ada.lovelace@example.com', name: 'Ada King Lovelace', field: 'newPassword' };

/** The rule that is broken; null when the password is fine. */
async function brokenRule(password: string, charsMin = 12): Promise<string | null> {
  try {
    await checkPassword({ ...ada, password }, charsMin);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error).toMatchObject({ code: 'INPUT_INVALID', issues: [{ path: ['newPassword'] }] });
    expect(error.message).not.toContain(password);
    return error.issues?.[0]?.rule ?? 'none';
  }
}

describe('checkPassword', () => {
  test.each([
    ['seven blue penguins', null],
    ['пингвины на льдине', null],
    ['mX4!vq9-Tz_w', null],
    ['eleven char', 'too_small'],
    // characters, not bytes
    ['🐧🐧🐧🐧', 'too_small'],
    ['ü'.repeat(600), 'too_big'],
    ['abababababababab', 'repeated'],
    ['password1234', 'common'],
    ['Password1234!', 'common'],
    ['!!Password99!', 'common'],
    ['qwerty123456', 'common'],
    ['dragonmonkeydragonmonkey', null],
    ['sunshinesunshine', 'common'],
    ['ada.lovelace@example.com', 'own'],
    ['ADA.LOVELACE', 'own'],
    ['ada king lovelace', 'own'],
    ['ada.lovelace1815', 'own'],
  ])('%s: %s', async (password, rule) => {
    expect(await brokenRule(password)).toBe(rule);
  });

  test('the shortest length is a setting', async () => {
    expect(await brokenRule('nine pins', 9)).toBe(null);
    expect(await brokenRule('nine pins', 10)).toBe('too_small');
  });
});
