import { expect, test } from 'vitest';
import { timesInWords } from './schedule-words.ts';

test('usual times have words, others are told as they were written', () => {
  expect(timesInWords('0 6 * * 1-5')).toBe('Monday to Friday at 06:00');
  expect(timesInWords('*/20 8-18 * * *')).toBe('At */20 8-18 * * *');
  expect(timesInWords('toString')).toBe('At toString');
});
