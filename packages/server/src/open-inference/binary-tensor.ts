import { isUtf8 } from 'node:buffer';
import type { Dtype, Tensor } from '@oriel/schemas';
import { arrayOf } from './data-types.ts';
import { type Path, refused } from './refused.ts';

interface Wanted {
  readonly dtype: Dtype;
  /** How many elements there must be. */
  readonly count: number;
  /** Of the tensor, for messages. */
  readonly path: Path;
}

const lengthBytes = 4;

/**
 * The data of a tensor as bytes: row-major, little endian, as all machines have it that ONNX Runtime runs on.
 *
 * @returns a view of the bytes where they lie as the processor wants them, a copy else
 * @throws AppError INPUT_INVALID
 * @see Triton, "Binary Tensor Data Extension"
 */
export function readBinaryData(bytes: Uint8Array, { dtype, count, path }: Wanted): Tensor['data'] {
  if (dtype === 'string') return readTexts(bytes, count, path);
  const ArrayType = arrayOf[dtype];
  const size = ArrayType.BYTES_PER_ELEMENT;
  if (bytes.byteLength !== count * size) {
    const message = `must be ${count * size}: the shape says ${count} elements of ${size} bytes; it is ${bytes.byteLength}`;
    throw refused([...path, 'parameters', 'binary_data_size'], 'size', message);
  }
  if (dtype === 'bool' && bytes.some((value) => value > 1))
    throw refused(path, 'invalid_value', 'must hold 0 or 1 in each byte of its data');
  // not slice: that of a Buffer is a view
  const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new ArrayType(buffer as ArrayBuffer, byteOffset, count);
}

/** Each text has its length before it. */
function readTexts(bytes: Uint8Array, count: number, path: Path): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.byteLength && texts.length < count) {
    const start = at + lengthBytes;
    const end = start <= bytes.byteLength ? start + view.getUint32(at, true) : start;
    if (end > bytes.byteLength) {
      const message = `must hold whole elements: element ${texts.length} ends after the data`;
      throw refused(path, 'size', message);
    }
    const text = bytes.subarray(start, end);
    if (!isUtf8(text)) throw refused(path, 'encoding', `must hold UTF-8: element ${texts.length} is none`);
    texts.push(decoder.decode(text));
    at = end;
  }
  if (texts.length < count || at < bytes.byteLength) {
    const found = texts.length < count ? `${texts.length}` : 'more';
    throw refused(path, 'length', `must hold ${count} elements, as the shape says, and holds ${found}`);
  }
  return texts;
}

/** The data of a tensor as such bytes; of the tensor's own memory, where it is not text. */
export function printBinaryData({ dtype, data }: Tensor): Uint8Array {
  if (dtype === 'string') return printTexts(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function printTexts(texts: readonly string[]): Uint8Array {
  const parts = texts.map((text) => Buffer.from(text));
  const bytes = Buffer.alloc(parts.reduce((sum, { length }) => sum + lengthBytes + length, 0));
  let at = 0;
  for (const part of parts) {
    at = bytes.writeUInt32LE(part.length, at);
    at += part.copy(bytes, at);
  }
  return bytes;
}
