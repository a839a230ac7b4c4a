import type { TensorSpec } from '@oriel/schemas';
import { describe, expect, test } from 'vitest';
import { checkSignature } from './check-signature.ts';

const spec = (name: string, dtype: TensorSpec['dtype'], ...dims: TensorSpec['dims']): TensorSpec => ({
  name,
  dtype,
  dims,
});
const info = (name: string, dtype: string, ...dims: (number | string)[]) => ({ name, dtype, dims });

const pipeline = {
  inputs: [spec('features', 'float32', null, 8)],
  outputs: [spec('probabilities', 'float32', null, 3)],
};
const onnx = {
  inputs: [info('features', 'float32', 'N', 8)],
  outputs: [info('probabilities', 'float32', 'N', 3)],
};

describe('checkSignature', () => {
  test('nothing to say when they fit', () => {
    expect(checkSignature(pipeline, onnx)).toEqual([]);
  });

  test.each([
    ['another length', info('features', 'float32', 'N', 9), 'float32[N, 9]'],
    ['another dtype', info('features', 'int64', 'N', 8), 'int64[N, 8]'],
    ['another number of axes', info('features', 'float32', 'N', 8, 1), 'float32[N, 8, 1]'],
    ['a fixed batch', info('features', 'float32', 1, 8), 'float32[1, 8]'],
  ])('%s', (_, actual, shown) => {
    expect(checkSignature(pipeline, { ...onnx, inputs: [actual] })).toEqual([
      `input "features" is ${shown} in model.onnx, but the pipeline feeds float32[batch, 8]`,
    ]);
  });

  test('names that do not meet, on both sides', () => {
    expect(checkSignature(pipeline, { ...onnx, inputs: [info('X', 'float32', 'N', 8)] })).toEqual([
      'input "features", which the pipeline feeds, is not in model.onnx; its inputs: "X"',
      'input "X" (float32[N, 8]) of model.onnx is not fed by the pipeline',
    ]);
  });

  test('an output that the pipeline reads must be there; others may be', () => {
    const outputs = [info('label', 'int64', 'N'), ...onnx.outputs];
    expect(checkSignature(pipeline, { ...onnx, outputs })).toEqual([]);
    expect(checkSignature(pipeline, { ...onnx, outputs: [info('label', 'int64', 'N')] })).toEqual([
      'output "probabilities", which the pipeline reads, is not in model.onnx; its outputs: "label"',
    ]);
  });

  test('a shape the file does not tell, or an axis of any length, fits', () => {
    expect(checkSignature(pipeline, { ...onnx, outputs: [info('probabilities', 'float32')] })).toEqual([]);
    expect(
      checkSignature(pipeline, { ...onnx, inputs: [info('features', 'float32', 'N', 'width')] }),
    ).toEqual([]);
  });
});
