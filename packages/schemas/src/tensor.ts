/** Element types that models may take and give, named as ONNX Runtime names them. */
export type Dtype = 'float32' | 'float64' | 'int32' | 'int64' | 'uint8' | 'bool' | 'string';

/** The JavaScript array that holds the elements of each {@link Dtype}. `bool` is one byte an element. */
export interface TensorDataByDtype {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  bool: Uint8Array;
  string: string[];
}

type TensorOf<D extends Dtype> = {
  readonly dtype: D;
  /** Length of each axis, outermost first. */
  readonly dims: readonly number[];
  /** Row-major elements: `data.length` is the product of `dims`. */
  readonly data: TensorDataByDtype[D];
};

/** A dense tensor, row-major. */
export type Tensor = { [D in Dtype]: TensorOf<D> }[Dtype];

/** Tensors by the name of the model's input or output they belong to. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** What one input or output of a model looks like; `null` is an axis of any length, the first axis is the batch. */
export interface TensorSpec {
  readonly name: string;
  readonly dtype: Dtype;
  readonly dims: readonly (number | null)[];
  /**
   * Of an input: how long an axis of any length may be, but the first, in tensors that callers send themselves. The
   * contract, which bounds what a pipeline makes, does not see those. Default: as long as a body may be.
   */
  readonly axisMax?: number;
}
