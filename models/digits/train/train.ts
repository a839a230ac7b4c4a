import { writeFileSync } from 'node:fs';
import { percent } from '../../training/metrics.ts';
import { createParameters } from '../../training/network.ts';
import { createRandom } from '../../training/random.ts';
import { openRuntime } from '../../training/runtime.ts';
import { type LabelledExamples, train } from '../../training/trainer.ts';
import type { Initializer } from '../../training/write-onnx.ts';
import { frameSide } from '../normalise-digit.ts';
import { augment, plain, withSkeleton } from './augment.ts';
import { encodeDigits, seed, splitDigits, steps } from './model.ts';

const epochs = Number(process.argv[2] ?? 40);
const random = createRandom(seed);
const digits = splitDigits();
const written = digits.train.map(withSkeleton);
const watched = toExamples(digits.watched, plain);

const parameters = await train({
  steps,
  parameters: createParameters(steps, random),
  classCount: 10,
  batchSize: 64,
  epochs,
  learningRate: 0.002,
  weightDecay: 0.02,
  labelSmoothing: 0.02,
  random,
  examplesOf: () => toExamples(written, (digit) => augment(digit, random)),
  onEpoch: async ({ epoch, loss, parameters }) => {
    console.log(
      `epoch ${epoch + 1} of ${epochs}: loss ${loss.toFixed(4)}, watched ${percent(await accuracyOf(parameters))}`,
    );
  },
});
const model = encodeDigits(parameters);
writeFileSync(new URL('../1/model.onnx', import.meta.url), model);
console.log(`digits: learned from ${written.length} digits, ${model.length} bytes`);

function toExamples<T extends { digit: number }>(
  rows: readonly T[],
  toFrame: (row: T) => Float32Array,
): LabelledExamples {
  const x = new Float32Array(rows.length * frameSide ** 2);
  for (const [index, row] of rows.entries()) x.set(toFrame(row), index * frameSide ** 2);
  return { x, classes: Uint8Array.from(rows, ({ digit }) => digit) };
}

/** On digits that are neither learned from nor held out: to see that training goes well. */
async function accuracyOf(parameters: readonly Initializer[]): Promise<number> {
  const runtime = await openRuntime(encodeDigits(parameters));
  const count = watched.classes.length;
  const { probabilities } = await runtime.run({
    image: { dtype: 'float32', dims: [count, 1, frameSide, frameSide], data: watched.x },
  });
  await runtime.close();
  const shares = probabilities?.data as Float32Array;
  const right = watched.classes.filter((digit, row) => {
    const own = shares.subarray(row * 10, (row + 1) * 10);
    return own.indexOf(Math.max(...own)) === digit;
  });
  return right.length / count;
}
