import { expect, test } from 'vitest';
import { rateMeter } from './running-job.ts';

test('a rate is of late: a start that was slow is forgotten', () => {
  let now = 0;
  const rateAfter = rateMeter(() => now);
  expect(rateAfter(10)).toBeNull();
  now = 10_000;
  expect(rateAfter(10)).toBe(2);
  for (; now < 100_000; now += 1000) rateAfter(500);
  expect(rateAfter(500)).toBeCloseTo(525, -2);
});
