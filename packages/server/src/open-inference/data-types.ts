import type { Dtype } from '@oriel/schemas';

/**
 * What the protocol calls our element types. Those that it has beyond them (FP16, UINT16, …) no model here takes or gives.
 *
 * @see Open Inference Protocol v2, "Tensor Data Types"
 */
export const datatypeOf = {
  float32: 'FP32',
  float64: 'FP64',
  int32: 'INT32',
  int64: 'INT64',
  uint8: 'UINT8',
  bool: 'BOOL',
  string: 'BYTES',
} as const satisfies Record<Dtype, string>;

/** What holds the elements of those that have a size. */
export const arrayOf = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const satisfies Record<Exclude<Dtype, 'string'>, unknown>;

/** How many elements a tensor of that shape has. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((count, length) => count * length, 1);
}
