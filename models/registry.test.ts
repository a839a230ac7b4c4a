import { existsSync } from 'node:fs';
import type { AnyContract, AnyPipeline } from '@oriel/schemas';
import { describe, expect, test } from 'vitest';
import { modelsFolder } from './location.ts';
import * as models from './registry.ts';
import { openModel, runPipeline } from './training/run-pipeline.ts';

describe.each(Object.entries<AnyContract>(models))('the model %s', (name, contract) => {
  const file = (path: string) => new URL(`${contract.id}/${path}`, modelsFolder);

  test('is exported by its id and has its files where the server looks for them', () => {
    expect(contract.id).toBe(name);
    for (const path of ['contract.ts', 'pipeline.ts', '1/model.onnx', 'model-card.md'])
      expect(existsSync(file(path)), path).toBe(true);
  });

  test('answers every example of its contract with what the contract promises', async () => {
    const { pipeline } = (await import(file('pipeline.ts').href)) as { pipeline: AnyPipeline };
    const runtime = await openModel(file('1/model.onnx'));
    const inputs = contract.examples.map(({ input }) => contract.input.parse(input));
    for (const output of await runPipeline(pipeline, runtime, inputs))
      expect(contract.output.safeParse(output).error).toBeUndefined();
    await runtime.close();
  });
});
