import { describe, expect, test } from 'vitest';
import {
  fitCalibration,
  fitLogisticRegression,
  logit,
  type SparseRow,
  sigmoid,
  telling,
} from './logistic-regression.ts';
import { createRandom } from './random.ts';

/** Bucket 0 speaks for the class, bucket 1 against it, bucket 2 is noise. */
function rowsOf(count: number): SparseRow[] {
  const random = createRandom(4);
  return Array.from({ length: count }, (_, row) => {
    const isPositive = row % 2 === 0;
    const buckets = Int32Array.of(random.next() < 0.9 === isPositive ? 0 : 1, 2);
    return { buckets, values: Float32Array.of(1, random.next()), isPositive, importance: 1 };
  });
}

describe('logistic regression', () => {
  const rows = rowsOf(400);
  const model = fitLogisticRegression({
    rows,
    bucketCount: 3,
    l2: 1e-4,
    epochs: 30,
    random: createRandom(1),
  });
  const oddsOf = (bucket: number) =>
    sigmoid(logit(model, { buckets: Int32Array.of(bucket), values: Float32Array.of(1) }));

  test('learns which features speak for a class, and how surely', () => {
    expect(oddsOf(0)).toBeGreaterThan(0.85);
    expect(oddsOf(0)).toBeLessThan(0.95);
    expect(oddsOf(1)).toBeLessThan(0.15);
    expect(Math.abs(model.weights[2] ?? 9)).toBeLessThan(0.5);
  });

  test('knows that one-sided features tell more than even ones', () => {
    const [one = 0, other = 0, noise = 0] = telling(rows, 3);
    expect(one).toBeGreaterThan(1.5);
    expect(other).toBeGreaterThan(1.5);
    expect(noise).toBeLessThan(0.1);
  });
});

test('calibration takes back overconfidence', () => {
  // says 98 % (log-odds 4) and is right in 3 of 4
  const judged = [1, 1, 1, 0].flatMap((right) => [
    { logit: 4, isPositive: right === 1 },
    { logit: -4, isPositive: right === 0 },
  ]);
  const { slope, offset } = fitCalibration(judged);
  expect(sigmoid(4 * slope + offset)).toBeCloseTo(0.75, 2);
});
