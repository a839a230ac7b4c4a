import type { AnyContract, InputOf, OutputOf } from './contract.ts';
import type { Tensor, TensorSpec, Tensors } from './tensor.ts';

/** How predictions of one model are grouped and bounded. */
export interface BatchingPolicy {
  /** Most items in one `session.run`. 1 turns batching off, which is right where a batch is no faster. */
  readonly batchSizeMax: number;
  /**
   * The author's promise that a prediction takes microseconds: its cost does not grow with the input, and `preprocess`,
   * `collate` and `postprocess` are synchronous and neither change nor keep what they are given. Such a model may run on
   * the event loop, without the way to a worker thread and back. It is measured at start-up and watched from then on; one
   * that is slow or fails goes back to the threads.
   *
   * Only for pipelines whose code you trust: on the event loop nothing guards against one that ends the process, loops
   * for ever or leaves an error behind.
   */
  readonly micro?: boolean;
}

/** How a model's sessions are opened. */
export interface SessionPolicy {
  /**
   * One copy of the weights for all threads and processes, for models of many megabytes. It needs weights in a file of
   * their own ("external data", in the version's folder), which is then mapped into memory, and not copied.
   *
   * The price: ONNX Runtime no longer rearranges the weights for its kernels when it loads them (prepacking). Of a text
   * encoder of 90 MB, three threads then hold 60 MB of their own instead of 190, and load it in a fifth of the time; a
   * single item takes 40 % longer, a batch of 4 12 % and one of 8 or more 5 %. Other models pay more: measure yours.
   */
  readonly sharedWeights?: boolean;
}

/**
 * How a validated input becomes tensors and tensors become an output. Runs on a worker thread; on the event loop only
 * when its batching says `micro`. Each function is pure: the same input gives the same output whatever else is in the batch.
 */
export interface Pipeline<Input, Output> {
  /** The model's inputs as this pipeline feeds them; start-up compares them with the ONNX file. */
  readonly inputs: readonly TensorSpec[];
  /** The model's outputs that `postprocess` reads. */
  readonly outputs: readonly TensorSpec[];
  readonly batching: BatchingPolicy;
  readonly session?: SessionPolicy;
  /**
   * One item's tensors, without the batch axis.
   * @throws InputError when the input passed its schema but cannot be used, e.g. a file that is no image
   */
  preprocess(input: Input): Tensors | Promise<Tensors>;
  /** Puts items together as one batch, the batch axis first. Without it, items are stacked: see `stackTensors`. */
  collate?(items: readonly Tensors[]): Tensors;
  /** One item's output from its slice of the batch, without the batch axis. */
  postprocess(outputs: Tensors): Output;
}

// biome-ignore lint/suspicious/noExplicitAny: only ever a constraint
export type AnyPipeline = Pipeline<any, any>;

/** Declares the pipeline of a contract; `preprocess` and `postprocess` get their types from it. */
export function definePipeline<C extends AnyContract>(
  _contract: C,
  pipeline: Pipeline<InputOf<C>, OutputOf<C>>,
): Pipeline<InputOf<C>, OutputOf<C>> {
  return pipeline;
}

/** An input that passed its schema but that the model cannot use. The caller gets it as a 400 that names the field. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly path: readonly (string | number)[];

  constructor(path: readonly (string | number)[], message: string) {
    super(message);
    this.path = path;
  }
}

/**
 * Stacks equal-shaped items along a new first axis.
 *
 * @param items - at least one item; all hold the same names, dtypes and dims
 * @returns row-major copies with dims `[items.length, ...dims]`; the items stay usable
 * @throws RangeError when two items differ in a name, dtype or shape
 */
export function stackTensors(items: readonly Tensors[]): Tensors {
  const [first] = items;
  if (!first) throw new RangeError('cannot stack an empty list of items');
  return Object.fromEntries(
    Object.keys(first).map((name) => [
      name,
      stack(
        name,
        items.map((item) => tensorOf(item, name)),
      ),
    ]),
  );
}

function tensorOf(item: Tensors, name: string): Tensor {
  const tensor = item[name];
  if (!tensor) throw new RangeError(`an item has no tensor "${name}"`);
  return tensor;
}

/** By dtype, not by the data's own constructor: a Buffer is a Uint8Array whose constructor is no longer to be called. */
const arrayOf = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

function stack(name: string, tensors: readonly Tensor[]): Tensor {
  // stackTensors refuses an empty list, so there is a first one
  const first = tensors[0] as Tensor;
  for (const tensor of tensors) {
    if (tensor.dtype !== first.dtype || !areEqual(tensor.dims, first.dims)) {
      throw new RangeError(
        `items differ in "${name}": ${first.dtype}[${first.dims}] and ${tensor.dtype}[${tensor.dims}]`,
      );
    }
  }
  const dims = [tensors.length, ...first.dims];
  if (first.dtype === 'string')
    return { dtype: 'string', dims, data: tensors.flatMap((tensor) => tensor.data as string[]) };

  const size = first.data.length;
  const data = new arrayOf[first.dtype](size * tensors.length);
  tensors.forEach((tensor, row) => {
    data.set(tensor.data as never, row * size);
  });
  return { dtype: first.dtype, dims, data } as Tensor;
}

function areEqual(some: readonly number[], others: readonly number[]): boolean {
  if (some.length !== others.length) return false;
  for (let i = 0; i < some.length; i += 1) if (some[i] !== others[i]) return false;
  return true;
}

/**
 * All rows of a batch: see {@link sliceRow}.
 *
 * @param rows - the length of each tensor's first axis
 * @throws RangeError when a tensor has no batch axis, or a shorter one
 */
export function sliceRows(batch: Tensors, rows: number): Tensors[] {
  const sliced = Array.from({ length: rows }, (): Record<string, Tensor> => ({}));
  for (const [name, tensor] of Object.entries(batch)) {
    const [length = 0, ...dims] = tensor.dims;
    if (rows > length) throw new RangeError(`"${name}" has ${length} rows; row ${rows - 1} was asked for`);
    const { dtype, data } = tensor;
    const size = data.length / length;
    for (let row = 0; row < rows; row += 1) {
      const start = row * size;
      const part = Array.isArray(data) ? data.slice(start, start + size) : data.subarray(start, start + size);
      (sliced[row] as Record<string, Tensor>)[name] = { dtype, dims, data: part } as Tensor;
    }
  }
  return sliced;
}

/**
 * One row of a batch, without the batch axis. Numeric data is a view of the batch's memory, not a copy.
 *
 * @throws RangeError when a tensor has no batch axis or `row` lies outside it
 */
export function sliceRow(batch: Tensors, row: number): Tensors {
  return Object.fromEntries(
    Object.entries(batch).map(([name, tensor]) => {
      const [rows = 0, ...dims] = tensor.dims;
      if (row >= rows) throw new RangeError(`"${name}" has ${rows} rows; row ${row} was asked for`);
      const size = tensor.data.length / rows;
      const data = Array.isArray(tensor.data)
        ? tensor.data.slice(row * size, (row + 1) * size)
        : tensor.data.subarray(row * size, (row + 1) * size);
      return [name, { dtype: tensor.dtype, dims, data } as Tensor];
    }),
  );
}
