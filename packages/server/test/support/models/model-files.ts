import { onnxBytes, type TinyModel } from '../onnx-fixture.ts';

const pair = (name: string, width: number | string = 2) =>
  ({ name, dtype: 'float32', dims: ['batch', width] }) as const;

const doubling: TinyModel = {
  inputs: [pair('x')],
  outputs: [pair('y')],
  nodes: [{ op: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
};

const tripling: TinyModel = {
  inputs: [pair('x')],
  outputs: [pair('y')],
  nodes: [
    { op: 'Add', inputs: ['x', 'x'], outputs: ['twice'] },
    { op: 'Add', inputs: ['x', 'twice'], outputs: ['y'] },
  ],
};

/** Gather refuses a row that the table does not have: the way to make `session.run` fail. */
const doublingWithTable: TinyModel = {
  inputs: [pair('x'), { name: 'row', dtype: 'int64', dims: ['batch'] }],
  outputs: [pair('y'), { name: 'entry', dtype: 'float32', dims: ['batch'] }],
  nodes: [
    { op: 'Add', inputs: ['x', 'x'], outputs: ['y'] },
    { op: 'Gather', inputs: ['table', 'row'], outputs: ['entry'] },
  ],
  constants: { table: { dims: [4], floats: [0, 1, 2, 3] } },
};

const multiplying: TinyModel = {
  inputs: [{ name: 'size', dtype: 'int64', dims: [2] }],
  outputs: [{ name: 'y', dtype: 'float32', dims: [1, 1] }],
  nodes: [
    { op: 'Expand', inputs: ['small', 'size'], outputs: ['a'] },
    { op: 'MatMul', inputs: ['a', 'a'], outputs: ['a2'] },
    { op: 'MatMul', inputs: ['a', 'a2'], outputs: ['a3'] },
    { op: 'MatMul', inputs: ['a', 'a3'], outputs: ['a4'] },
    { op: 'ReduceMax', inputs: ['a4'], outputs: ['y'] },
  ],
  constants: { small: { dims: [1], floats: [1e-3] } },
};

/** The committed files of the test models, by their path from this folder. */
export const modelFiles: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  'echo/1/model.onnx': onnxBytes(doubling),
  'echo/2/model.onnx': onnxBytes(tripling),
  'fragile/1/model.onnx': onnxBytes(doublingWithTable),
  'slow/1/model.onnx': onnxBytes(doubling),
  'heavy/1/model.onnx': onnxBytes(multiplying),
  'mismatch/1/model.onnx': onnxBytes({ ...doubling, inputs: [pair('x', 3)], outputs: [pair('y', 3)] }),
  'bad-example/1/model.onnx': onnxBytes(doubling),
  'ends-at-load/1/model.onnx': onnxBytes(doubling),
  'hangs-at-load/1/model.onnx': onnxBytes(doubling),
};
