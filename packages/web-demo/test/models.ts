import type { ModelDetail } from '@oriel/schemas';

const probability = { type: 'number', minimum: 0, maximum: 1 };
const measurement = (minimum: number, maximum: number, description: string) => ({
  anyOf: [{ type: 'number', minimum, maximum }, { type: 'null' }],
  description,
});

const version = (): ModelDetail['versions'][number] => ({
  version: '1',
  state: 'ready',
  sizeBytes: 4096,
  inputs: [{ name: 'features', dtype: 'float32', dims: [null, 13] }],
  outputs: [{ name: 'probabilities', dtype: 'float32', dims: [null, 3] }],
});

/** A model of measurements, as the server describes it. */
export const penguins: ModelDetail = {
  id: 'penguins',
  title: 'Penguin species',
  description: 'Tells the species of a penguin.',
  task: 'tabular',
  defaultVersion: '1',
  state: 'ready',
  versions: [version()],
  batchSizeMax: 64,
  contract: {
    input: {
      type: 'object',
      properties: {
        island: {
          type: 'string',
          enum: ['Biscoe', 'Dream', 'Torgersen'],
          description: 'Where the bird nests',
        },
        bodyMassG: measurement(500, 15_000, 'Body mass, in grams'),
        sex: { anyOf: [{ type: 'string', enum: ['male', 'female'] }, { type: 'null' }] },
      },
      required: ['island'],
      additionalProperties: false,
    },
    output: {
      type: 'object',
      properties: {
        species: { type: 'string', enum: ['Adelie', 'Chinstrap', 'Gentoo'] },
        probabilities: {
          type: 'object',
          properties: { Adelie: probability, Chinstrap: probability, Gentoo: probability },
        },
      },
      required: ['species', 'probabilities'],
    },
    examples: [
      { title: 'A large bird', input: { island: 'Biscoe', bodyMassG: 5950, sex: 'male' } },
      { title: 'A bird of unknown sex', input: { island: 'Dream', bodyMassG: 3400 } },
    ],
  },
  card: '# Penguin species\n\nTrained on **344** birds. <img src=x onerror="alert(1)">',
};

/** A model of images, as the server describes it. */
export const digits: ModelDetail = {
  id: 'digits',
  title: 'Handwritten digit',
  description: 'Reads one handwritten digit.',
  task: 'image',
  defaultVersion: '1',
  state: 'ready',
  versions: [version()],
  batchSizeMax: 16,
  contract: {
    input: {
      type: 'object',
      properties: { image: { type: 'string', contentEncoding: 'base64' } },
      required: ['image'],
      additionalProperties: false,
    },
    output: {
      type: 'object',
      properties: {
        digit: { type: 'integer', minimum: 0, maximum: 9 },
        confidence: probability,
        probabilities: { type: 'array', items: probability, minItems: 10, maxItems: 10 },
      },
      required: ['digit', 'confidence', 'probabilities'],
    },
    examples: [{ title: 'A three', input: { image: btoa('png bytes') } }],
    media: { field: 'image', types: ['image/png', 'image/jpeg'] },
  },
  card: null,
};
