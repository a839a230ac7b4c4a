import type { Random } from './random.ts';

/** A row of few features among many: their buckets, their values, and whether the row is of the positive class. */
export interface SparseRow {
  readonly buckets: Int32Array;
  readonly values: Float32Array;
  readonly isPositive: boolean;
  /** How much the row counts; 1 is a whole row. */
  readonly importance: number;
}

export interface LinearModel {
  readonly weights: Float32Array;
  readonly bias: number;
}

export interface RegressionPlan {
  readonly rows: readonly SparseRow[];
  readonly bucketCount: number;
  /** Strength of the pull of every weight towards 0. */
  readonly l2: number;
  readonly epochs: number;
  readonly random: Random;
}

const batchSize = 128;

/** Fits logistic regression with an L2 penalty by Adam on mini-batches, the rate falling to 0. */
export function fitLogisticRegression({
  rows,
  bucketCount,
  l2,
  epochs,
  random,
}: RegressionPlan): LinearModel {
  // the last entry is the bias, which is not pulled to 0
  const weights = new Float64Array(bucketCount + 1);
  const gradient = new Float64Array(bucketCount + 1);
  const first = new Float64Array(bucketCount + 1);
  const second = new Float64Array(bucketCount + 1);
  const stepCount = epochs * Math.ceil(rows.length / batchSize);
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = random.shuffled(rows);
    for (let start = 0; start < order.length; start += batchSize) {
      const batch = order.slice(start, start + batchSize);
      for (let i = 0; i < bucketCount; i++) gradient[i] = l2 * (weights[i] ?? 0);
      gradient[bucketCount] = 0;
      for (const row of batch) addGradient(gradient, row, weights, batch.length);
      adamStep({ weights, gradient, first, second, step: ++step, rate: 0.05 * (1 - step / (stepCount + 1)) });
    }
  }
  return { weights: Float32Array.from(weights.subarray(0, bucketCount)), bias: weights[bucketCount] ?? 0 };
}

/**
 * For each bucket how much more often one class has it than the other: the absolute log-ratio of the two shares. Rows
 * whose values are scaled by it are told apart better than by their counts alone.
 *
 * @see Wang and Manning, "Baselines and bigrams: simple, good sentiment and topic classification", 2012
 */
export function telling(rows: readonly SparseRow[], bucketCount: number): Float32Array {
  const positive = new Float64Array(bucketCount).fill(1);
  const negative = new Float64Array(bucketCount).fill(1);
  let [positiveRows, negativeRows] = [2, 2];
  for (const { buckets, isPositive } of rows) {
    const counts = isPositive ? positive : negative;
    for (const bucket of buckets) counts[bucket] = (counts[bucket] ?? 0) + 1;
    if (isPositive) positiveRows++;
    else negativeRows++;
  }
  return Float32Array.from(positive, (count, bucket) =>
    Math.abs(Math.log(count / positiveRows / ((negative[bucket] ?? 1) / negativeRows))),
  );
}

/** The log-odds of a row; the positive class is the more likely above 0. */
export function logit(
  { weights, bias }: LinearModel,
  { buckets, values }: Pick<SparseRow, 'buckets' | 'values'>,
): number {
  let sum = bias;
  for (let i = 0; i < buckets.length; i++) sum += (weights[buckets[i] ?? 0] ?? 0) * (values[i] ?? 0);
  return sum;
}

export const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

function addGradient(
  gradient: Float64Array,
  row: SparseRow,
  weights: Float64Array,
  batchLength: number,
): void {
  const { buckets, values, isPositive, importance } = row;
  const last = weights.length - 1;
  let sum = weights[last] ?? 0;
  for (let i = 0; i < buckets.length; i++) sum += (weights[buckets[i] ?? 0] ?? 0) * (values[i] ?? 0);
  const error = ((sigmoid(sum) - Number(isPositive)) * importance) / batchLength;
  for (let i = 0; i < buckets.length; i++) {
    const bucket = buckets[i] ?? 0;
    gradient[bucket] = (gradient[bucket] ?? 0) + error * (values[i] ?? 0);
  }
  gradient[last] = (gradient[last] ?? 0) + error;
}

interface AdamState {
  readonly weights: Float64Array;
  readonly gradient: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly step: number;
  readonly rate: number;
}

function adamStep({ weights, gradient, first, second, step, rate }: AdamState): void {
  const meanScale = 1 / (1 - 0.9 ** step);
  const squareScale = 1 / (1 - 0.999 ** step);
  for (let i = 0; i < weights.length; i++) {
    const slope = gradient[i] ?? 0;
    const mean = 0.9 * (first[i] ?? 0) + 0.1 * slope;
    const square = 0.999 * (second[i] ?? 0) + 0.001 * slope * slope;
    first[i] = mean;
    second[i] = square;
    weights[i] = (weights[i] ?? 0) - (rate * mean * meanScale) / (Math.sqrt(square * squareScale) + 1e-8);
  }
}

/**
 * Platt's scaling: the line `slope * logit + offset` under which the logits of rows not learned from give the most
 * honest probabilities.
 */
export function fitCalibration(judged: readonly { readonly logit: number; readonly isPositive: boolean }[]) {
  let [slope, offset] = [1, 0];
  for (let round = 0; round < 3000; round++) {
    let [slopeGradient, offsetGradient] = [0, 0];
    for (const { logit, isPositive } of judged) {
      const error = sigmoid(slope * logit + offset) - Number(isPositive);
      slopeGradient += (error * logit) / judged.length;
      offsetGradient += error / judged.length;
    }
    slope -= 0.5 * slopeGradient;
    offset -= 0.5 * offsetGradient;
  }
  return { slope, offset };
}
