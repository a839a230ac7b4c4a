import { describe, expect, test } from 'vitest';
import { penguins } from './contract.ts';

describe('the penguins contract', () => {
  test('accepts its own examples', () => {
    for (const { input } of penguins.examples) expect(penguins.input.parse(input)).toEqual(input);
  });

  test('needs only the island; what was not measured is left out or null', () => {
    expect(penguins.input.safeParse({ island: 'Dream' }).success).toBe(true);
    expect(penguins.input.safeParse({ island: 'Dream', bodyMassG: null, sex: null }).success).toBe(true);
    expect(problemsOf({ bodyMassG: 4000 })).toEqual(['island']);
  });

  test.each([
    ['an island that is none of the three', { island: 'Atlantis' }, 'island'],
    ['a bill as long as a hand', { island: 'Dream', culmenLengthMm: 190 }, 'culmenLengthMm'],
    ['a mass in kilograms', { island: 'Dream', bodyMassG: 4.2 }, 'bodyMassG'],
    ['a number sent as text', { island: 'Dream', flipperLengthMm: '190' }, 'flipperLengthMm'],
    ['a number that is none', { island: 'Dream', culmenDepthMm: Number.NaN }, 'culmenDepthMm'],
    ['a sex that the data does not know', { island: 'Dream', sex: 'MALE' }, 'sex'],
  ])('refuses %s and names the field', (_, input, field) => {
    expect(problemsOf(input)).toEqual([field]);
  });

  test('refuses a field it does not know, so that a typing error is not taken for a missing value', () => {
    const result = penguins.input.safeParse({ island: 'Dream', bodyMass: 4000 });
    expect(result.error?.issues).toMatchObject([{ code: 'unrecognized_keys', keys: ['bodyMass'] }]);
  });
});

function problemsOf(input: unknown): string[] {
  return (penguins.input.safeParse(input).error?.issues ?? []).map(({ path }) => path.join('.'));
}
