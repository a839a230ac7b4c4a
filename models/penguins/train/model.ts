import type { LabelledBird } from '../../training/data/penguins.ts';
import { createParameters, forwardNodes, planSteps } from '../../training/network.ts';
import { createRandom, type Random } from '../../training/random.ts';
import type { Split } from '../../training/split.ts';
import { stratifiedSplit } from '../../training/split.ts';
import { type LabelledExamples, train } from '../../training/trainer.ts';
import { encodeOnnx, type Initializer } from '../../training/write-onnx.ts';
import { speciesNames } from '../contract.ts';
import { featureCount, measurementNames, toFeatures } from '../pipeline.ts';

export const seed = 20;

const steps = planSteps(
  'standardised',
  [featureCount],
  [
    { kind: 'dense', width: 16 },
    { kind: 'dense', width: speciesNames.length },
  ],
);

/** A fifth of each species is held out. */
export const splitBirds = (birds: readonly LabelledBird[]): Split<LabelledBird> =>
  stratifiedSplit(birds, 5, ({ species }) => species, createRandom(seed));

/** Trains on the given birds and encodes what was learned as an ONNX file. */
export async function trainPenguins(
  birds: readonly LabelledBird[],
  { epochs = 300 } = {},
): Promise<Uint8Array> {
  const random = createRandom(seed);
  const standardiser = fitStandardiser(birds);
  const parameters = await train({
    steps,
    parameters: createParameters(steps, random),
    classCount: speciesNames.length,
    batchSize: 64,
    epochs,
    learningRate: 0.01,
    weightDecay: 0.02,
    random,
    examplesOf: () => {
      // each bird as it is and three times with fields hidden, so that the model learns to do without them
      const hidden = birds.flatMap((bird) => [
        bird,
        ...Array.from({ length: 3 }, () => hideFields(bird, random)),
      ]);
      return toExamples(hidden, standardiser);
    },
  });
  return encodePenguins([...standardiser, ...parameters]);
}

/** Hides none to all of the fields that may be missing, all counts equally likely. */
function hideFields({ species, bird }: LabelledBird, random: Random): LabelledBird {
  const fields = random.shuffled([...measurementNames, 'sex']).slice(0, random.integer(6));
  return { species, bird: { ...bird, ...Object.fromEntries(fields.map((name) => [name, null])) } };
}

/**
 * The matrix and offset that standardise features: measurements to mean 0 and deviation 1, a missing one to 0 (its 0
 * minus the mean, plus the mean again by its flag), the other features as they are.
 */
function fitStandardiser(birds: readonly LabelledBird[]): [Initializer, Initializer] {
  const matrix = new Float32Array(featureCount ** 2);
  const offset = new Float32Array(featureCount);
  for (let feature = 0; feature < featureCount; feature++) matrix[feature * featureCount + feature] = 1;
  for (const [feature, name] of measurementNames.entries()) {
    const values = birds.map(({ bird }) => bird[name]).filter((value) => value !== null);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    const flag = feature + measurementNames.length;
    matrix[feature * featureCount + feature] = 1 / deviation;
    matrix[flag * featureCount + feature] = mean / deviation;
    offset[feature] = -mean / deviation;
  }
  return [
    { name: 'standardiser', dims: [featureCount, featureCount], data: matrix },
    { name: 'standardiser_offset', dims: [featureCount], data: offset },
  ];
}

function toExamples(
  birds: readonly LabelledBird[],
  [matrix, offset]: readonly [Initializer, Initializer],
): LabelledExamples {
  const x = new Float32Array(birds.length * featureCount);
  for (const [row, { bird }] of birds.entries()) {
    const features = toFeatures(bird);
    for (let to = 0; to < featureCount; to++) {
      let sum = Number(offset.data[to]);
      for (let from = 0; from < featureCount; from++)
        sum += (features[from] ?? 0) * Number(matrix.data[from * featureCount + to]);
      x[row * featureCount + to] = sum;
    }
  }
  return { x, classes: Uint8Array.from(birds, ({ species }) => speciesNames.indexOf(species)) };
}

function encodePenguins(initializers: readonly Initializer[]): Uint8Array {
  return encodeOnnx({
    name: 'penguins',
    description:
      'Palmer penguins: 13 features in plain units to the probabilities of Adelie, Chinstrap and Gentoo.',
    nodes: [
      { op: 'Gemm', inputs: ['features', 'standardiser', 'standardiser_offset'], outputs: ['standardised'] },
      ...forwardNodes(steps),
      {
        op: 'Softmax',
        inputs: [steps.at(-1)?.output ?? ''],
        outputs: ['probabilities'],
        attributes: { axis: 1 },
      },
    ],
    initializers,
    inputs: [{ name: 'features', dtype: 'float32', dims: ['batch', featureCount] }],
    outputs: [{ name: 'probabilities', dtype: 'float32', dims: ['batch', speciesNames.length] }],
  });
}
