import { describe, expect, test } from 'vitest';
import { digits, penguins } from '../../../test/models.ts';
import { toAnswerParts } from './answer-parts.ts';

describe('toAnswerParts', () => {
  test('a class and an object of probabilities', () => {
    const output = { species: 'Gentoo', probabilities: { Adelie: 0.1, Chinstrap: 0, Gentoo: 0.9 } };
    const { headline, distributions, others } = toAnswerParts(output, penguins.contract.output);
    expect(headline).toEqual({ label: 'Species', value: 'Gentoo' });
    expect(distributions).toEqual([
      {
        title: 'Probabilities',
        entries: [
          { label: 'Adelie', value: 0.1 },
          { label: 'Chinstrap', value: 0 },
          { label: 'Gentoo', value: 0.9 },
        ],
      },
    ]);
    expect(others).toEqual([]);
  });

  test('a number, its confidence, and a list of probabilities labelled by position', () => {
    const output = { digit: 1, confidence: 0.8, probabilities: [0.2, 0.8] };
    const { headline, distributions } = toAnswerParts(output, digits.contract.output);
    expect(headline).toEqual({ label: 'Digit', value: '1' });
    expect(distributions).toEqual([
      { title: 'Confidence', entries: [{ label: 'Confidence', value: 0.8 }] },
      {
        title: 'Probabilities',
        entries: [
          { label: '0', value: 0.2 },
          { label: '1', value: 0.8 },
        ],
      },
    ]);
  });

  test('a lone number from 0 to 1 is a probability only where the schema says so', () => {
    const { headline, distributions } = toAnswerParts(
      { count: 1 },
      { properties: { count: { type: 'integer', minimum: 0 } } },
    );
    expect(headline).toEqual({ label: 'Count', value: '1' });
    expect(distributions).toEqual([]);
    expect(
      toAnswerParts({ ratio: 0.5 }, { properties: { ratio: { type: 'number' } } }).distributions,
    ).toEqual([]);
  });

  test('numbers beyond 1 are no probabilities', () => {
    const { distributions, others } = toAnswerParts({ boxes: [0.5, 7] }, {});
    expect(distributions).toEqual([]);
    expect(others).toEqual([{ label: 'Boxes', value: [0.5, 7] }]);
  });

  test('an output that is no object is shown as it is', () => {
    expect(toAnswerParts([1], {}).others).toEqual([{ label: 'Output', value: [1] }]);
  });
});
