import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * Where the messages of an ONNX file hold tensors, however deep: field numbers, and what lies there.
 *
 * @see onnx.proto: ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto, FunctionProto
 */
const messages = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  training: { 1: 'graph', 2: 'graph' },
  function: { 7: 'node', 11: 'attribute' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: { 13: 'externalData' },
  externalData: { 1: 'key', 2: 'value' },
} as const satisfies Record<string, Readonly<Record<number, string>>>;

type Message = keyof typeof messages;
type Field = { readonly number: number; readonly from: number; readonly to: number };

const textBytesMax = 4096;
const windowBytes = 64 * 1024;

/**
 * The files that an ONNX file's tensors lie in besides itself, as it names them. Reads no weights: those are skipped.
 *
 * @throws Error when the file is no protobuf message
 */
export function readExternalLocations(path: string): string[] {
  const file = openSync(path, 'r');
  try {
    const locations = new Set<string>();
    walk(new ProtobufReader(file), 'model', { from: 0, to: fstatSync(file).size }, locations);
    return [...locations];
  } finally {
    closeSync(file);
  }
}

function walk(
  reader: ProtobufReader,
  message: Message,
  range: Omit<Field, 'number'>,
  found: Set<string>,
): void {
  const inside: Readonly<Record<number, string>> = messages[message];
  let [key, value] = ['', ''];
  for (const field of reader.fields(range)) {
    const part = inside[field.number];
    if (part === undefined) continue;
    if (part === 'key') key = reader.text(field);
    else if (part === 'value') value = reader.text(field);
    // the table names no other leaves
    else walk(reader, part as Message, field, found);
  }
  if (message === 'externalData' && key === 'location') found.add(value);
}

/** Reads protobuf fields from a file through a window, so that a file of any size costs little memory. */
class ProtobufReader {
  readonly #file: number;
  readonly #window = Buffer.alloc(windowBytes);
  #start = 0;
  #length = 0;

  constructor(file: number) {
    this.#file = file;
  }

  /** The fields between two places that have a length; the others hold no messages. */
  *fields({ from, to }: Omit<Field, 'number'>): Generator<Field> {
    for (let at = from; at < to; ) {
      const tag = this.#varint(at);
      const number = Math.floor(tag.value / 8);
      const end = this.#endOf(tag.value % 8, tag.end);
      if (end.to > to || end.to <= at) throw new Error('model.onnx is cut off, or no ONNX file');
      if (tag.value % 8 === 2) yield { number, ...end };
      at = end.to;
    }
  }

  text({ from, to }: Field): string {
    if (to - from > textBytesMax) throw new Error('model.onnx names a file with too long a name');
    return Buffer.from(Array.from({ length: to - from }, (_, index) => this.#byte(from + index))).toString();
  }

  #endOf(wireType: number, at: number): Omit<Field, 'number'> {
    if (wireType === 0) return { from: at, to: this.#varint(at).end };
    if (wireType === 1) return { from: at, to: at + 8 };
    if (wireType === 5) return { from: at, to: at + 4 };
    if (wireType !== 2) throw new Error('model.onnx is no ONNX file');
    const length = this.#varint(at);
    return { from: length.end, to: length.end + length.value };
  }

  #varint(at: number): { readonly value: number; readonly end: number } {
    let value = 0;
    for (let index = 0; index < 10; index += 1) {
      const byte = this.#byte(at + index);
      value += (byte % 128) * 128 ** index;
      if (byte < 128) return { value, end: at + index + 1 };
    }
    throw new Error('model.onnx is no ONNX file');
  }

  #byte(at: number): number {
    if (at < this.#start || at >= this.#start + this.#length) {
      this.#start = at;
      this.#length = readSync(this.#file, this.#window, 0, windowBytes, at);
      if (this.#length === 0) throw new Error('model.onnx is cut off');
    }
    // the place lies inside of the window
    return this.#window[at - this.#start] as number;
  }
}
