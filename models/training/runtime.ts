import type { Tensor, Tensors } from '@oriel/schemas';

// ONNX Runtime reads this when its library loads, hence before the import
process.env.ORT_DISABLE_TELEMETRY = '1';
const ort = await import('onnxruntime-node');

/** Runs an ONNX graph: named tensors in, named tensors out. */
export interface Runtime {
  run(inputs: Tensors): Promise<Tensors>;
  close(): Promise<void>;
}

/**
 * Opens a graph on one thread, so that sums are taken in the same order every time.
 *
 * @param model - an encoded ONNX file
 */
export async function openRuntime(model: Uint8Array): Promise<Runtime> {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1 });
  return {
    async run(inputs) {
      const feeds = Object.entries(inputs).map(([name, { dtype, data, dims }]) => {
        // the runtime's overloads are one per dtype; ours is their union
        return [name, new ort.Tensor(dtype as 'float32', data as Float32Array, dims)] as const;
      });
      const outputs = await session.run(Object.fromEntries(feeds));
      return Object.fromEntries(
        Object.entries(outputs).map(([name, { type, dims, data }]) => [
          name,
          { dtype: type, dims, data } as Tensor,
        ]),
      );
    },
    close: () => session.release(),
  };
}
