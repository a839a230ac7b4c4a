/**
 * Writes tiny ONNX files, so that the tests' models can be read as source and need no Python to make.
 *
 * Only what those models need of the format: float, int64 tensors, nodes without attributes.
 * @see onnx.proto, "ModelProto" (field numbers), and the protobuf wire format
 */
export interface TinyModel {
  readonly inputs: readonly TinyTensor[];
  readonly outputs: readonly TinyTensor[];
  readonly nodes: readonly TinyNode[];
  /** Constants by name. */
  readonly constants?: Readonly<
    Record<string, { readonly dims: readonly number[]; readonly floats: readonly number[] }>
  >;
}

interface TinyTensor {
  readonly name: string;
  readonly dtype: 'float32' | 'int64' | 'string';
  /** A string names an axis of any length. */
  readonly dims: readonly (number | string)[];
}

interface TinyNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const elementType = { float32: 1, int64: 7, string: 8 } as const;

/** The bytes of a `.onnx` file: opset 17, IR version 8. */
export function onnxBytes({ inputs, outputs, nodes, constants = {} }: TinyModel): Uint8Array<ArrayBuffer> {
  const graph = [
    ...nodes.map((node) => message(1, nodeProto(node))),
    text(2, 'graph'),
    ...Object.entries(constants).map(([name, { dims, floats }]) =>
      message(5, [
        ...dims.map((dim) => integer(1, dim)),
        integer(2, elementType.float32),
        text(8, name),
        bytes(9, new Uint8Array(Float32Array.from(floats).buffer)),
      ]),
    ),
    ...inputs.map((tensor) => message(11, valueInfo(tensor))),
    ...outputs.map((tensor) => message(12, valueInfo(tensor))),
  ];
  return Uint8Array.from(
    [integer(1, 8), message(7, graph), message(8, [text(1, ''), integer(2, 17)])].flat(),
  );
}

function nodeProto({ op, inputs, outputs }: TinyNode): number[][] {
  return [...inputs.map((name) => text(1, name)), ...outputs.map((name) => text(2, name)), text(4, op)];
}

function valueInfo({ name, dtype, dims }: TinyTensor): number[][] {
  const axes = dims.map((dim) => message(1, [typeof dim === 'number' ? integer(1, dim) : text(2, dim)]));
  return [text(1, name), message(2, [message(1, [integer(1, elementType[dtype]), message(2, axes)])])];
}

const message = (field: number, parts: readonly number[][]) => bytes(field, parts.flat());
const text = (field: number, value: string) => bytes(field, new TextEncoder().encode(value));
const integer = (field: number, value: number) => [...varint(field << 3), ...varint(value)];
const bytes = (field: number, value: ArrayLike<number>) => [
  ...varint((field << 3) | 2),
  ...varint(value.length),
  ...Array.from(value),
];

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))];
}
