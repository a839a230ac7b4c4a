import { readFileSync } from 'node:fs';
import { type Pipeline, sliceRow, stackTensors } from '@oriel/schemas';
import { openRuntime, type Runtime } from './runtime.ts';

/** Opens a committed model by its folder, e.g. `new URL('../1/model.onnx', import.meta.url)`. */
export const openModel = (file: URL): Promise<Runtime> => openRuntime(readFileSync(file));

/**
 * Answers inputs as the server does: preprocess each, run batches of the pipeline's own size, postprocess each row.
 *
 * @param batchSize - to try other sizes than the pipeline's largest
 */
export async function runPipeline<Input, Output>(
  pipeline: Pipeline<Input, Output>,
  runtime: Runtime,
  inputs: readonly Input[],
  batchSize = pipeline.batching.batchSizeMax,
): Promise<Output[]> {
  const collate = pipeline.collate ?? stackTensors;
  const answers: Output[] = [];
  for (let start = 0; start < inputs.length; start += batchSize) {
    const items = await Promise.all(
      inputs.slice(start, start + batchSize).map(async (input) => pipeline.preprocess(input)),
    );
    const outputs = await runtime.run(collate(items));
    answers.push(...items.map((_, row) => pipeline.postprocess(sliceRow(outputs, row))));
  }
  return answers;
}
