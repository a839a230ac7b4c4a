import type { Tensor, Tensors } from '@oriel/schemas';

/** Rows of a batch, from `start` to `end`: views of its memory, where it is not text. */
export function viewRows(batch: Tensors, start: number, end: number): Tensors {
  return mapTensors(batch, ({ dims, data, ...tensor }) => {
    const [length = 0, ...rest] = dims;
    const size = data.length / length;
    const part = Array.isArray(data)
      ? data.slice(start * size, end * size)
      : data.subarray(start * size, end * size);
    // the same kind of array as before
    return { ...tensor, dims: [end - start, ...rest], data: part } as Tensor;
  });
}

/** One row of a batch, without the batch axis. A copy: a view that is sent to a thread takes all of its memory along. */
export function copyRow(batch: Tensors, row: number): Tensors {
  return mapTensors(batch, ({ dims, data, ...tensor }) => {
    const [length = 0, ...rest] = dims;
    const size = data.length / length;
    // the same kind of array as before
    return { ...tensor, dims: rest, data: data.slice(row * size, (row + 1) * size) } as Tensor;
  });
}

/** One row as a batch of one. */
export function toBatch(row: Tensors): Tensors {
  return mapTensors(row, (tensor) => ({ ...tensor, dims: [1, ...tensor.dims] }));
}

/**
 * One batch of several, in their order.
 *
 * @param batches - at least one
 * @throws RangeError when they differ in more than the number of rows
 */
export function joinBatches(batches: readonly Tensors[]): Tensors {
  const [first] = batches;
  if (!first) throw new RangeError('there is nothing to join');
  if (batches.length === 1) return first;
  return mapTensors(first, (tensor, name) =>
    join(
      name,
      batches.map((batch) => batch[name] ?? tensor),
    ),
  );
}

function join(name: string, parts: readonly Tensor[]): Tensor {
  // joinBatches refuses an empty list
  const [{ dtype, dims: firstDims, data: firstData }] = parts as [Tensor, ...Tensor[]];
  const [, ...rest] = firstDims;
  const shape = rest.join();
  let rows = 0;
  let length = 0;
  for (const { dims, data } of parts) {
    if (dims.slice(1).join() !== shape)
      throw new RangeError(`rows of "${name}" differ in shape: [${rest}] and [${dims.slice(1)}]`);
    rows += dims[0] ?? 0;
    length += data.length;
  }
  const dims = [rows, ...rest];
  if (Array.isArray(firstData))
    return { dtype: 'string', dims, data: parts.flatMap((part) => part.data as string[]) };
  // one of ONNX Runtime's arrays, all of which are made by their length
  const data = new (firstData.constructor as Float32ArrayConstructor)(length);
  let at = 0;
  for (const part of parts) {
    data.set(part.data as never, at);
    at += part.data.length;
  }
  return { dtype, dims, data } as Tensor;
}

function mapTensors(tensors: Tensors, change: (tensor: Tensor, name: string) => Tensor): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor, name)]));
}
