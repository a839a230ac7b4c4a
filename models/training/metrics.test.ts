import { describe, expect, test } from 'vitest';
import { accuracy, calibrationError, confusionTable, percent, scoreOf } from './metrics.ts';

const answers = [
  { actual: 'spam', predicted: 'spam' },
  { actual: 'spam', predicted: 'spam' },
  { actual: 'spam', predicted: 'ham' },
  { actual: 'ham', predicted: 'spam' },
  { actual: 'ham', predicted: 'ham' },
] as const;

describe('metrics', () => {
  test('accuracy is the share of right answers', () => {
    expect(accuracy(answers)).toBe(0.6);
    expect(percent(0.98765)).toBe('98.8 %');
  });

  test('precision, recall and F1 are those of one class', () => {
    const { precision, recall, f1 } = scoreOf(answers, 'spam');
    expect([precision, recall, f1].map((value) => value.toFixed(3))).toEqual(['0.667', '0.667', '0.667']);
    expect(scoreOf(answers, 'ham')).toMatchObject({ precision: 0.5, recall: 0.5 });
  });

  test('a confusion table has a row for what was and a column for what was said', () => {
    expect(confusionTable(answers, ['spam', 'ham']).split('\n').slice(2)).toEqual([
      '| spam | 2 | 1 |',
      '| ham | 1 | 1 |',
    ]);
  });

  test('the calibration error is 0 when what is said comes true that often', () => {
    const honest = [true, true, true, false].map((happened) => ({ probability: 0.75, happened }));
    expect(calibrationError(honest)).toBe(0);
    expect(calibrationError(honest.map(({ happened }) => ({ probability: 1, happened })))).toBe(0.25);
  });
});
