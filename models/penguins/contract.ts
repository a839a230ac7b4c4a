import { defineContract } from '@oriel/schemas';
import { z } from 'zod';

export const speciesNames = ['Adelie', 'Chinstrap', 'Gentoo'] as const;
export const islandNames = ['Biscoe', 'Dream', 'Torgersen'] as const;

/** A measurement that may be missing: left out, or null. */
const measurement = (low: number, high: number, description: string) =>
  z
    .number()
    .min(low)
    .max(high)
    .nullish()
    .describe(`${description}; null or left out when it was not measured`);

const probability = z.number().min(0).max(1);

export const penguins = defineContract({
  id: 'penguins',
  title: 'Penguin species',
  description:
    'Tells the species of an adult penguin of the Palmer Archipelago from the island and up to five measurements, any of which may be missing.',
  task: 'tabular',
  input: z
    .strictObject({
      island: z.enum(islandNames).describe('Island of the Palmer Archipelago where the bird nests'),
      culmenLengthMm: measurement(10, 100, 'Length of the upper ridge of the bill, in millimetres'),
      culmenDepthMm: measurement(5, 50, 'Depth of the bill at its ridge, in millimetres'),
      flipperLengthMm: measurement(100, 300, 'Length of the flipper, in millimetres'),
      bodyMassG: measurement(500, 15_000, 'Body mass, in grams'),
      sex: z
        .enum(['male', 'female'])
        .nullish()
        .describe('Sex of the bird; null or left out when it is not known'),
    })
    .meta({ id: 'PenguinsInput', description: 'One bird, as measured at its nest.' }),
  output: z
    .object({
      species: z.enum(speciesNames).describe('The most probable species'),
      probabilities: z
        .object({ Adelie: probability, Chinstrap: probability, Gentoo: probability })
        .describe('Probability of each species, 0 to 1; together 1'),
    })
    .meta({ id: 'PenguinsOutput', description: 'The species of one bird.' }),
  examples: [
    {
      title: 'A large bird from Biscoe',
      input: {
        island: 'Biscoe',
        culmenLengthMm: 49.8,
        culmenDepthMm: 15.9,
        flipperLengthMm: 229,
        bodyMassG: 5950,
        sex: 'male',
      },
    },
    {
      title: 'A bird from Dream whose bill is long and deep',
      input: {
        island: 'Dream',
        culmenLengthMm: 50.5,
        culmenDepthMm: 18.4,
        flipperLengthMm: 200,
        bodyMassG: 3400,
        sex: 'female',
      },
    },
    {
      title: 'A bird from Torgersen, not weighed, sex unknown',
      input: {
        island: 'Torgersen',
        culmenLengthMm: 38.9,
        culmenDepthMm: 17.8,
        flipperLengthMm: 181,
        bodyMassG: null,
      },
    },
  ],
});
