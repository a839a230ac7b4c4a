import type { Tensors } from '@oriel/schemas';
import { describe, expect, test } from 'vitest';
import { gradientOf } from './gradient.ts';
import { createParameters, type Layer, planSteps } from './network.ts';
import { createRandom } from './random.ts';
import { openRuntime } from './runtime.ts';
import { encodeGradientGraph, train } from './trainer.ts';
import type { Initializer } from './write-onnx.ts';

/** A small network of every kind of layer. */
const layers: Layer[] = [
  { kind: 'conv', channels: 2, size: 3 },
  { kind: 'conv', channels: 3, size: 3 },
  { kind: 'pool' },
  { kind: 'flatten' },
  { kind: 'dense', width: 5 },
  { kind: 'dense', width: 2 },
];
const steps = planSteps('x', [1, 4, 4], layers);
const base = { steps, classCount: 2, batchSize: 3, epochs: 1, learningRate: 0, weightDecay: 0 };

describe('the gradient graph', () => {
  test('gives the slope of the loss for the parameters of every layer', async () => {
    const random = createRandom(11);
    const parameters = createParameters(steps, random);
    const plan = {
      ...base,
      parameters,
      random,
      examplesOf: () => ({ x: new Float32Array(), classes: new Uint8Array() }),
    };
    const runtime = await openRuntime(encodeGradientGraph(plan));
    const batch: Tensors = {
      x: { dtype: 'float32', dims: [3, 1, 4, 4], data: Float32Array.from({ length: 48 }, random.normal) },
      target: { dtype: 'float32', dims: [3, 2], data: Float32Array.of(1, 0, 0, 1, 1, 0) },
    };
    const run = (some: readonly Initializer[]) =>
      runtime.run({
        ...batch,
        ...Object.fromEntries(
          some.map(({ name, dims, data }) => [name, { dtype: 'float32', dims, data: data as Float32Array }]),
        ),
      });
    const lossWith = async (index: number, at: number, change: number) => {
      const moved = parameters.map((parameter, i) => ({
        ...parameter,
        data: Float32Array.from(parameter.data as Float32Array, (value, j) =>
          i === index && j === at ? value + change : value,
        ),
      }));
      return Number((await run(moved)).loss?.data[0]);
    };

    const gradients = await run(parameters);
    for (const [index, { name, data }] of parameters.entries()) {
      const at = Math.floor(data.length / 2);
      const slope = ((await lossWith(index, at, 0.01)) - (await lossWith(index, at, -0.01))) / 0.02;
      expect(Number(gradients[gradientOf(name)]?.data[at]), name).toBeCloseTo(slope, 2);
    }
    await runtime.close();
  });
});

describe('training', () => {
  /** Class 1 is bright on the left, class 0 on the right. */
  const examplesOf = () => {
    const random = createRandom(5);
    const classes = Uint8Array.from({ length: 60 }, (_, row) => row % 2);
    const x = Float32Array.from({ length: 60 * 16 }, (_, at) => {
      const isLeft = at % 4 < 2;
      return random.normal() * 0.3 + Number(isLeft === (classes[Math.floor(at / 16)] === 1));
    });
    return { x, classes };
  };

  const learn = async () => {
    const random = createRandom(3);
    const losses: number[] = [];
    const plan = {
      ...base,
      epochs: 12,
      learningRate: 0.02,
      parameters: createParameters(steps, random),
      random,
      examplesOf,
    };
    const parameters = await train({ ...plan, onEpoch: ({ loss }) => void losses.push(loss) });
    return { losses, parameters };
  };

  test('lowers the loss, and does the same again from the same seed', async () => {
    const [one, other] = [await learn(), await learn()];
    expect(one.losses.at(-1)).toBeLessThan((one.losses[0] ?? 0) / 3);
    expect(one).toEqual(other);
  });
});
