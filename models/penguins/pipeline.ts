import { definePipeline, type InputOf, type Tensor } from '@oriel/schemas';
import { islandNames, penguins, speciesNames } from './contract.ts';

type Float32Tensor = Extract<Tensor, { dtype: 'float32' }>;
type Bird = InputOf<typeof penguins>;

export const measurementNames = ['culmenLengthMm', 'culmenDepthMm', 'flipperLengthMm', 'bodyMassG'] as const;

/** Four measurements, four flags that one is missing, three islands, two sexes. */
export const featureCount = 13;

/** Answers come 30 times as fast in a batch of 64 as alone; beyond that nothing is gained. */
const batchSizeMax = 64;

export const pipeline = definePipeline(penguins, {
  inputs: [{ name: 'features', dtype: 'float32', dims: [null, featureCount] }],
  outputs: [{ name: 'probabilities', dtype: 'float32', dims: [null, speciesNames.length] }],
  batching: { batchSizeMax, micro: true },

  preprocess: (bird) => ({ features: { dtype: 'float32', dims: [featureCount], data: toFeatures(bird) } }),

  postprocess({ probabilities }) {
    // start-up has checked that this output is there, and its dtype
    const { data } = probabilities as Float32Tensor;
    const [Adelie = 0, Chinstrap = 0, Gentoo = 0] = data;
    const best = [Adelie, Chinstrap, Gentoo].indexOf(Math.max(Adelie, Chinstrap, Gentoo));
    return { species: speciesNames[best] ?? 'Adelie', probabilities: { Adelie, Chinstrap, Gentoo } };
  },
});

/** Plain units, as the graph itself standardises. A missing measurement is 0 with its flag set; an unknown sex is neither. */
export function toFeatures(bird: Bird): Float32Array {
  const values = measurementNames.map((name) => bird[name] ?? null);
  return Float32Array.of(
    ...values.map((value) => value ?? 0),
    ...values.map((value) => Number(value === null)),
    ...islandNames.map((name) => Number(bird.island === name)),
    Number(bird.sex === 'male'),
    Number(bird.sex === 'female'),
  );
}
