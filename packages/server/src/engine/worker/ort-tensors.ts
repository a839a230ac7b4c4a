import type { Tensor, TensorSpec, Tensors } from '@oriel/schemas';
import { Tensor as OrtTensor } from 'onnxruntime-node';

/**
 * A batch as ONNX Runtime wants it: exactly the declared inputs, since it ignores names it does not know.
 *
 * @returns tensors over the same memory, not copies
 * @throws RangeError when an input is missing
 */
export function toOrtFeeds(inputs: readonly TensorSpec[], batch: Tensors): Record<string, OrtTensor> {
  const feeds: Record<string, OrtTensor> = {};
  for (const { name } of inputs) {
    const tensor = batch[name];
    if (!tensor) throw new RangeError(`the pipeline fed no input "${name}"`);
    // the constructor's overloads want dtype and data narrowed together, which a union cannot
    feeds[name] = new OrtTensor(tensor.dtype as 'float32', tensor.data as Float32Array, tensor.dims);
  }
  return feeds;
}

/**
 * The declared outputs of a run.
 *
 * @param rows - how many items the batch had: the length of each output's first axis
 * @throws RangeError when an output is missing or has another number of rows
 */
export function fromOrtOutputs(
  outputs: readonly TensorSpec[],
  given: Readonly<Record<string, OrtTensor>>,
  rows: number,
): Tensors {
  const tensors: Record<string, Tensor> = {};
  for (const { name } of outputs) {
    const tensor = given[name];
    if (!tensor) throw new RangeError(`the model gave no output "${name}"`);
    if (tensor.dims[0] !== rows) {
      throw new RangeError(`output "${name}" has ${tensor.dims[0] ?? 'no'} rows for a batch of ${rows}`);
    }
    // start-up checked the dtype against the declared one, which is one of ours
    tensors[name] = { dtype: tensor.type, dims: tensor.dims, data: tensor.data } as Tensor;
  }
  return tensors;
}
