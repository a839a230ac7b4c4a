import { describe, expect, test } from 'vitest';
import { bodyLengthMax, spam } from './contract.ts';

describe('the spam contract', () => {
  test('accepts its own examples', () => {
    for (const { input } of spam.examples) expect(spam.input.parse(input)).toEqual(input);
  });

  test('needs a body; the subject may be left out or null', () => {
    expect(spam.input.safeParse({ body: 'Hello' }).success).toBe(true);
    expect(spam.input.safeParse({ subject: null, body: 'Hello' }).success).toBe(true);
    expect(problemsOf({ subject: 'Hello' })).toEqual(['body']);
  });

  test.each([
    ['an empty body', { body: '' }, 'body'],
    ['a body longer than any letter', { body: 'a'.repeat(bodyLengthMax + 1) }, 'body'],
    ['a subject of several pages', { subject: 'a'.repeat(1001), body: 'Hello' }, 'subject'],
    ['a field it does not know', { body: 'Hello', from: 'tom@example.com' }, ''],
  ])('refuses %s', (_, input, field) => {
    expect(problemsOf(input)).toEqual([field]);
  });
});

function problemsOf(input: unknown): string[] {
  return (spam.input.safeParse(input).error?.issues ?? []).map(({ path }) => path.join('.'));
}
