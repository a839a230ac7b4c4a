import { bytesField, concat, type Field, floatField, intField, messageField } from './protobuf.ts';

/** Element types of the graphs written here, with their numbers in ONNX's TensorProto. */
const dataTypes = { float32: 1, uint8: 2, int32: 6, int64: 7 } as const;
export type OnnxDtype = keyof typeof dataTypes;

export type Attribute = number | string | readonly number[] | { readonly float: number };

/** One operation of a graph: reads values by name, gives values names. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** A plain number or list is written as integers; `{ float }` as a float. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** A constant of a graph, row-major. */
export interface Initializer {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** An input or output of a graph; an axis given as a name may have any length. */
export interface OnnxValue {
  readonly name: string;
  readonly dtype: OnnxDtype;
  readonly dims: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly name: string;
  /** For people who open the file: what it computes and from what it was trained. */
  readonly description?: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

const irVersion = 8;
const opsetVersion = 17;

/**
 * Encodes a graph as an ONNX file. The same graph gives the same bytes: no date, no machine, no random name.
 *
 * @see onnx.proto3 of the ONNX project, whose field numbers these are
 */
export function encodeOnnx(graph: OnnxGraph): Uint8Array<ArrayBuffer> {
  return concat([
    intField(1, irVersion),
    bytesField(2, 'oriel'),
    ...(graph.description ? [bytesField(6, graph.description)] : []),
    messageField(7, [
      ...graph.nodes.map((node, index) => messageField(1, nodeFields(node, index))),
      bytesField(2, graph.name),
      ...graph.initializers.map((constant) => messageField(5, initializerFields(constant))),
      ...graph.inputs.map((value) => messageField(11, valueFields(value))),
      ...graph.outputs.map((value) => messageField(12, valueFields(value))),
    ]),
    messageField(8, [intField(2, opsetVersion)]),
  ]);
}

function nodeFields(node: OnnxNode, index: number): Field[] {
  return [
    ...node.inputs.map((name) => bytesField(1, name)),
    ...node.outputs.map((name) => bytesField(2, name)),
    bytesField(3, `${node.op}_${index}`),
    bytesField(4, node.op),
    ...Object.entries(node.attributes ?? {}).map(([name, value]) =>
      messageField(5, attributeFields(name, value)),
    ),
  ];
}

function attributeFields(name: string, value: Attribute): Field[] {
  const named = bytesField(1, name);
  if (typeof value === 'number') return [named, intField(3, value), intField(20, 2)];
  if (typeof value === 'string') return [named, bytesField(4, value), intField(20, 3)];
  if ('float' in value) return [named, floatField(2, value.float), intField(20, 1)];
  return [named, ...value.map((item) => intField(8, item)), intField(20, 7)];
}

function initializerFields({ name, dims, data }: Initializer): Field[] {
  const dataType = data instanceof Float32Array ? dataTypes.float32 : dataTypes.int64;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [
    ...dims.map((length) => intField(1, length)),
    intField(2, dataType),
    bytesField(8, name),
    bytesField(9, bytes),
  ];
}

function valueFields({ name, dtype, dims }: OnnxValue): Field[] {
  const axes = dims.map((axis) =>
    messageField(1, [typeof axis === 'number' ? intField(1, axis) : bytesField(2, axis)]),
  );
  const tensorType = messageField(1, [intField(1, dataTypes[dtype]), messageField(2, axes)]);
  return [bytesField(1, name), messageField(2, [tensorType])];
}
