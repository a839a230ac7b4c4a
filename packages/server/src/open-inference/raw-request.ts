import type { TensorSpec } from '@oriel/schemas';
import { arrayOf, datatypeOf } from './data-types.ts';
import { refused } from './refused.ts';
import { headerLengthHeader, type InferenceRequest } from './request.ts';

/**
 * The request that a body is which holds one row of one input and nothing else.
 *
 * @throws AppError INPUT_INVALID when the model's inputs do not tell what the bytes are
 * @see Triton, "Binary Tensor Data Extension", "Raw Binary Request"
 */
export function toRawRequest(sizeBytes: number, specs: readonly TensorSpec[]): InferenceRequest {
  const [spec] = specs;
  const free = spec?.dims.slice(1).filter((length) => length === null).length ?? 0;
  if (!spec || specs.length > 1 || spec.dtype === 'string' || free > 1) {
    const message =
      'must not be 0: only a model with one input, not of BYTES, and at most one free axis reads bytes alone';
    throw refused([headerLengthHeader], 'header', message);
  }
  const { name, dtype, dims } = spec;
  const elements = Math.floor(sizeBytes / arrayOf[dtype].BYTES_PER_ELEMENT);
  const fixed = dims.slice(1).reduce<number>((count, length) => count * (length ?? 1), 1);
  return {
    parameters: { binary_data_output: true },
    inputs: [
      {
        name,
        datatype: datatypeOf[dtype],
        shape: [1, ...dims.slice(1).map((length) => length ?? Math.floor(elements / fixed))],
        parameters: { binary_data_size: sizeBytes },
      },
    ],
  };
}
