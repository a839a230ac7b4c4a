import { describe, expect, test } from 'vitest';
import { toInputError } from './input-error.ts';

describe('a refused input', () => {
  test('is told by field, rule and what was expected', () => {
    const issues = [{ path: ['inputs', 0, 'bodyMassG'], code: 'too_small', message: 'must be more' }];
    const error = toInputError({ issues });
    expect(error.message).toBe('The input is not valid. inputs[0].bodyMassG: must be more');
    expect(error.issues).toEqual([
      { path: ['inputs', 0, 'bodyMassG'], rule: 'too_small', message: 'must be more' },
    ]);
  });

  test('tells a hundred faults in all, and five in words', () => {
    const issues = Array.from({ length: 150 }, (_, i) => ({ path: [i], message: 'must be there' }));
    const error = toInputError({ issues });
    expect(error.issues).toHaveLength(100);
    expect(error.message).toMatch(/\[4\]: must be there; and 145 more$/);
  });

  test('does not send back names and values of any length', () => {
    const long = 'x'.repeat(1_000_000);
    const { message, issues } = toInputError({ issues: [{ path: [long], message: `no key: ${long}` }] });
    expect(message.length).toBeLessThan(1000);
    expect(JSON.stringify(issues).length).toBeLessThan(1000);
  });
});
