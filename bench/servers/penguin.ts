import { fileURLToPath } from 'node:url';
import { modelsFolder } from '@oriel/models/location';
import { type AnyPipeline, sliceRow, stackTensors, type Tensors } from '@oriel/schemas';
import { InferenceSession, Tensor } from 'onnxruntime-node';

// the same preparation and the same model as Oriel's, without anything around them
const { pipeline }: { pipeline: AnyPipeline } = await import(
  new URL('penguins/pipeline.ts', modelsFolder).href
);
const session = await InferenceSession.create(fileURLToPath(new URL('penguins/1/model.onnx', modelsFolder)), {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});

/** One penguin on the thread that calls; the input is believed. */
export async function predictPenguin(input: unknown): Promise<unknown> {
  const batch = stackTensors([await pipeline.preprocess(input)]);
  return pipeline.postprocess(sliceRow(await run(batch), 0));
}

export async function run(batch: Tensors): Promise<Tensors> {
  const feeds = Object.fromEntries(
    // the names of the element types are ONNX Runtime's own
    Object.entries(batch).map(([name, { dtype, data, dims }]) => [
      name,
      new Tensor(dtype as 'float32', data as Float32Array, dims),
    ]),
  );
  const outputs = await session.run(feeds);
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { dims, data }]) => [
      name,
      { dtype: 'float32', dims, data: data as Float32Array },
    ]),
  );
}
