import { describe, expect, test } from 'vitest';
import { openRuntime } from './runtime.ts';
import { encodeOnnx, type OnnxGraph } from './write-onnx.ts';

const graph: OnnxGraph = {
  name: 'line',
  description: 'Adds an offset to each number, then keeps the positive ones.',
  nodes: [
    { op: 'Add', inputs: ['x', 'offset'], outputs: ['moved'] },
    { op: 'LeakyRelu', inputs: ['moved'], outputs: ['y'], attributes: { alpha: { float: 0.5 } } },
    { op: 'ReduceSum', inputs: ['y', 'axes'], outputs: ['sum'], attributes: { keepdims: 0 } },
  ],
  initializers: [
    { name: 'offset', dims: [2], data: Float32Array.of(1, -300) },
    { name: 'axes', dims: [1], data: BigInt64Array.of(-1n) },
  ],
  inputs: [{ name: 'x', dtype: 'float32', dims: ['batch', 2] }],
  outputs: [
    { name: 'y', dtype: 'float32', dims: ['batch', 2] },
    { name: 'sum', dtype: 'float32', dims: ['batch'] },
  ],
};

describe('an encoded graph', () => {
  test('runs in ONNX Runtime, for a batch of any size', async () => {
    const runtime = await openRuntime(encodeOnnx(graph));
    const { y, sum } = await runtime.run({
      x: { dtype: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 400) },
    });
    expect([...(y?.data ?? [])]).toEqual([2, -149, 4, 100]);
    expect(sum).toMatchObject({ dims: [2], data: Float32Array.of(-147, 104) });
    await runtime.close();
  });

  test('has the same bytes every time', () => {
    expect(encodeOnnx(graph)).toEqual(encodeOnnx(graph));
  });
});
