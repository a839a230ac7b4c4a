import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModel, runPipeline } from '../training/run-pipeline.ts';
import type { Runtime } from '../training/runtime.ts';
import { penguins } from './contract.ts';
import { pipeline } from './pipeline.ts';

const gentoo = {
  island: 'Biscoe',
  culmenLengthMm: 49.8,
  culmenDepthMm: 15.9,
  flipperLengthMm: 229,
  bodyMassG: 5950,
  sex: 'male',
} as const;
const chinstrap = {
  island: 'Dream',
  culmenLengthMm: 50.5,
  culmenDepthMm: 18.4,
  flipperLengthMm: 200,
  bodyMassG: 3400,
} as const;
const adelie = {
  island: 'Torgersen',
  culmenLengthMm: 38.9,
  culmenDepthMm: 17.8,
  flipperLengthMm: 181,
} as const;

describe('the penguins pipeline', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await openModel(new URL('./1/model.onnx', import.meta.url));
  });
  afterAll(() => runtime.close());

  test('tells the species of typical birds', async () => {
    const answers = await runPipeline(pipeline, runtime, [gentoo, chinstrap, adelie]);
    expect(answers.map(({ species }) => species)).toEqual(['Gentoo', 'Chinstrap', 'Adelie']);
  });

  test('answers as its contract promises: probabilities together 1, the species the most probable', async () => {
    const [answer] = await runPipeline(pipeline, runtime, [gentoo]);
    const { probabilities, species } = penguins.output.parse(answer);
    expect(probabilities.Adelie + probabilities.Chinstrap + probabilities.Gentoo).toBeCloseTo(1, 5);
    expect(probabilities[species]).toBe(Math.max(...Object.values(probabilities)));
  });

  test('takes a field that is left out for one that is null', async () => {
    const [absent, empty] = await runPipeline(pipeline, runtime, [
      adelie,
      { ...adelie, bodyMassG: null, sex: null },
    ]);
    expect(absent).toEqual(empty);
  });

  test('knows less the less was measured, and then says so', async () => {
    const [all, little] = await runPipeline(pipeline, runtime, [chinstrap, { island: 'Dream' }]);
    expect(all?.probabilities.Chinstrap).toBeGreaterThan(0.9);
    expect(little?.probabilities.Chinstrap).toBeLessThan(0.9);
    expect(little?.probabilities.Gentoo).toBeLessThan(0.1);
  });

  test('gives the same answers in a batch as alone', async () => {
    const birds = [gentoo, chinstrap, adelie, { island: 'Biscoe' } as const];
    const [alone, together] = [
      await runPipeline(pipeline, runtime, birds, 1),
      await runPipeline(pipeline, runtime, birds),
    ];
    for (const [row, { probabilities }] of together.entries()) {
      expect(probabilities.Gentoo).toBeCloseTo(alone[row]?.probabilities.Gentoo ?? Number.NaN, 5);
    }
  });
});
