import type { Tensors } from '@oriel/schemas';
import { gradientNodes, gradientOf } from './gradient.ts';
import { forwardNodes, type Step } from './network.ts';
import type { Random } from './random.ts';
import { openRuntime, type Runtime } from './runtime.ts';
import { encodeOnnx, type Initializer } from './write-onnx.ts';

/** Items and their classes, row-major. */
export interface LabelledExamples {
  readonly x: Float32Array;
  readonly classes: Uint8Array;
}

export interface TrainingPlan {
  readonly steps: readonly Step[];
  readonly parameters: readonly Initializer[];
  readonly classCount: number;
  readonly batchSize: number;
  readonly epochs: number;
  /** Highest rate; it falls to 0 along a cosine over all epochs. */
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Each class's target is lowered by this and shared among all, which keeps probabilities honest. */
  readonly labelSmoothing?: number;
  readonly random: Random;
  /** The examples of one epoch, augmented anew each time. */
  readonly examplesOf: (epoch: number) => LabelledExamples;
  readonly onEpoch?: (report: {
    epoch: number;
    loss: number;
    parameters: readonly Initializer[];
  }) => void | Promise<void>;
}

/** Share of the past in the running average of the weights that training gives back: smoother than the last step's. */
const averageDecay = 0.998;

/**
 * Trains by Adam on mini-batches. Deterministic: the same plan gives the same weights on the same kind of processor.
 *
 * @returns the averaged parameters; the given ones are changed in place
 */
export async function train(plan: TrainingPlan): Promise<Initializer[]> {
  const runtime = await openRuntime(encodeGradientGraph(plan));
  const averaged = plan.parameters.map(({ name, dims, data }) => ({
    name,
    dims,
    data: Float32Array.from(data as Float32Array),
  }));
  const update = createAdam(plan.parameters, plan.weightDecay);
  let step = 0;
  for (let epoch = 0; epoch < plan.epochs; epoch++) {
    const examples = plan.examplesOf(epoch);
    const order = plan.random.shuffled([...examples.classes.keys()]);
    const stepsAnEpoch = Math.floor(order.length / plan.batchSize);
    let lossSum = 0;
    for (let batch = 0; batch < stepsAnEpoch; batch++) {
      const rows = order.slice(batch * plan.batchSize, (batch + 1) * plan.batchSize);
      const outputs = await runGradients(runtime, plan, examples, rows);
      lossSum += Number(outputs.loss?.data[0]);
      const progress = step / (plan.epochs * stepsAnEpoch);
      update(outputs, (plan.learningRate * (1 + Math.cos(Math.PI * progress))) / 2);
      step++;
      average(averaged, plan.parameters, Math.min(averageDecay, step / (step + 10)));
    }
    await plan.onEpoch?.({ epoch, loss: lossSum / stepsAnEpoch, parameters: averaged });
  }
  await runtime.close();
  return averaged;
}

/** One training step as a graph: batch and parameters in, loss and every parameter's gradient out. */
export function encodeGradientGraph({ steps, parameters, classCount, batchSize }: TrainingPlan): Uint8Array {
  const { nodes, constants } = gradientNodes(steps, batchSize);
  const input = steps[0];
  return encodeOnnx({
    name: 'training-step',
    nodes: [...forwardNodes(steps), ...nodes],
    initializers: constants,
    inputs: [
      { name: input?.input ?? '', dtype: 'float32', dims: [batchSize, ...(input?.inputDims ?? [])] },
      { name: 'target', dtype: 'float32', dims: [batchSize, classCount] },
      ...parameters.map(({ name, dims }) => ({ name, dtype: 'float32' as const, dims })),
    ],
    outputs: [
      { name: 'loss', dtype: 'float32', dims: [] },
      ...parameters.map(({ name, dims }) => ({ name: gradientOf(name), dtype: 'float32' as const, dims })),
    ],
  });
}

function runGradients(
  runtime: Runtime,
  plan: TrainingPlan,
  examples: LabelledExamples,
  rows: number[],
): Promise<Tensors> {
  const { steps, parameters, classCount, labelSmoothing = 0 } = plan;
  const dims = steps[0]?.inputDims ?? [];
  const size = dims.reduce((product, length) => product * length, 1);
  const x = new Float32Array(rows.length * size);
  const target = new Float32Array(rows.length * classCount).fill(labelSmoothing / classCount);
  for (const [place, row] of rows.entries()) {
    x.set(examples.x.subarray(row * size, (row + 1) * size), place * size);
    target[place * classCount + (examples.classes[row] ?? 0)] =
      1 - labelSmoothing + labelSmoothing / classCount;
  }
  return runtime.run({
    [steps[0]?.input ?? '']: { dtype: 'float32', dims: [rows.length, ...dims], data: x },
    target: { dtype: 'float32', dims: [rows.length, classCount], data: target },
    ...Object.fromEntries(
      parameters.map(({ name, dims, data }) => [
        name,
        { dtype: 'float32' as const, dims, data: data as Float32Array },
      ]),
    ),
  });
}

/** Adam with decoupled weight decay (Loshchilov and Hutter, 2019); biases, which have one axis, do not decay. */
function createAdam(parameters: readonly Initializer[], weightDecay: number) {
  const moments = parameters.map(({ data }) => ({
    first: new Float64Array(data.length),
    second: new Float64Array(data.length),
  }));
  let step = 0;
  return (gradients: Tensors, learningRate: number): void => {
    step++;
    const meanScale = 1 / (1 - 0.9 ** step);
    const squareScale = 1 / (1 - 0.999 ** step);
    for (const [index, { name, dims, data }] of parameters.entries()) {
      const gradient = gradients[gradientOf(name)]?.data as Float32Array;
      const values = data as Float32Array;
      const { first, second } = moments[index] as (typeof moments)[number];
      const shrink = dims.length > 1 ? learningRate * weightDecay : 0;
      for (let i = 0; i < values.length; i++) {
        const slope = gradient[i] ?? 0;
        const mean = 0.9 * (first[i] ?? 0) + 0.1 * slope;
        const square = 0.999 * (second[i] ?? 0) + 0.001 * slope * slope;
        first[i] = mean;
        second[i] = square;
        const move = (mean * meanScale) / (Math.sqrt(square * squareScale) + 1e-8);
        values[i] = (values[i] ?? 0) * (1 - shrink) - learningRate * move;
      }
    }
  };
}

function average(averaged: readonly Initializer[], parameters: readonly Initializer[], decay: number): void {
  for (const [index, { data }] of averaged.entries()) {
    const kept = data as Float32Array;
    const latest = parameters[index]?.data as Float32Array;
    for (let i = 0; i < kept.length; i++) kept[i] = decay * (kept[i] ?? 0) + (1 - decay) * (latest[i] ?? 0);
  }
}
