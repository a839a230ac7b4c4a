import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as servedContracts from '@oriel/models';
import { modelsFolder } from '@oriel/models/location';
import { type AnyContract, type AnyPipeline, sliceRow, stackTensors } from '@oriel/schemas';
import { openRuntime } from '../../models/training/runtime.ts';
import { benchModelsFolder } from '../models/location.ts';
import * as benchContracts from '../models/registry.ts';

/** What a model is made of, wherever it lives: in Oriel's own model repository or in that of the benchmarks. */
export interface ModelParts {
  readonly contract: AnyContract;
  readonly pipeline: AnyPipeline;
  readonly file: URL;
}

/** @throws Error when no model has that name */
export async function findModel(name: string): Promise<ModelParts> {
  const contracts: readonly AnyContract[] = [
    ...Object.values(servedContracts),
    ...Object.values(benchContracts),
  ];
  const contract = contracts.find(({ id }) => id === name);
  if (!contract) throw new Error(`there is no model "${name}"`);
  const folder = [modelsFolder, benchModelsFolder].find((folder) => existsSync(new URL(`${name}/`, folder)));
  const { pipeline }: { pipeline: AnyPipeline } = await import(new URL(`${name}/pipeline.ts`, folder).href);
  return { contract, pipeline, file: new URL(`${name}/1/model.onnx`, folder) };
}

/** A model on the thread that calls, with the same preparation as Oriel's and nothing around it. */
export async function openModel(name: string) {
  const { contract, pipeline, file } = await findModel(name);
  const runtime = await openRuntime(await readFile(file));
  return { contract, predict };

  /** The input is believed, as what comes out of the contract. */
  async function predict(input: unknown): Promise<unknown> {
    const batch = stackTensors([await pipeline.preprocess(input)]);
    return pipeline.postprocess(sliceRow(await runtime.run(batch), 0));
  }
}
