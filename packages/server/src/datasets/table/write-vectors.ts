import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

/**
 * Puts the values of one column into a new chunk, as they lie in memory (the C API's `duckdb_vector_get_data`): a list of
 * bytes at once, which takes a fifth of the time of DuckDB's own way of single values. Null where there is no value.
 */
type Values<T> = (row: number) => T | null;

export function writeNumbers(chunk: DuckDBDataChunk, index: number, valueAt: Values<number>): void {
  const items = new Float64Array(chunk.rowCount);
  const validity = new Validity(items.length);
  for (let row = 0; row < items.length; row += 1) {
    const value = valueAt(row);
    if (value === null) validity.clear(row);
    else items[row] = value;
  }
  put(chunk, index, items, validity);
}

const twoTo32 = 2 ** 32;

/** Whole numbers that a double holds exactly, into a column of 64 bits. */
export function writeIntegers(chunk: DuckDBDataChunk, index: number, valueAt: Values<number>): void {
  const { rowCount } = chunk;
  const halves = new Uint32Array(2 * rowCount);
  const validity = new Validity(rowCount);
  for (let row = 0; row < rowCount; row += 1) {
    const value = valueAt(row);
    if (value === null) validity.clear(row);
    else {
      // what is put into a list of 32 bits is taken modulo 2^32: two's complement
      halves[2 * row] = value;
      halves[2 * row + 1] = Math.floor(value / twoTo32);
    }
  }
  put(chunk, index, halves, validity);
}

export function writeBooleans(chunk: DuckDBDataChunk, index: number, valueAt: Values<boolean>): void {
  const items = new Uint8Array(chunk.rowCount);
  const validity = new Validity(items.length);
  for (let row = 0; row < items.length; row += 1) {
    const value = valueAt(row);
    if (value === null) validity.clear(row);
    else items[row] = Number(value);
  }
  put(chunk, index, items, validity);
}

/** A `duckdb_string_t`: its length in four bytes, and the text itself when it has no more than these. */
const stringWords = 4;
const inlineBytesMax = 12;
/** So many different texts are remembered with their bytes. */
const knownMax = 64;

export function writeTexts(chunk: DuckDBDataChunk, index: number, valueAt: Values<string>): void {
  const { rowCount } = chunk;
  const words = new Uint32Array(stringWords * rowCount);
  const validity = new Validity(rowCount);
  const known = new Map<string, Uint32Array>();
  const long: { readonly row: number; readonly text: string }[] = [];
  for (let row = 0; row < rowCount; row += 1) {
    const text = valueAt(row);
    if (text === null) {
      validity.clear(row);
      continue;
    }
    const packed = known.get(text) ?? packText(text);
    if (packed === null) {
      long.push({ row, text });
      continue;
    }
    if (known.size < knownMax) known.set(text, packed);
    words.set(packed, stringWords * row);
  }
  const vector = put(chunk, index, words, validity);
  // DuckDB keeps these texts itself, and writes over the sixteen bytes where they are
  for (const { row, text } of long)
    duckdb.vector_assign_string_element_len(vector, row, Buffer.from(text, 'utf8'));
}

/** @returns null when the text is too long to be a part of its string */
function packText(text: string): Uint32Array | null {
  if (text.length > inlineBytesMax) return null;
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > inlineBytesMax) return null;
  const packed = new Uint32Array(stringWords);
  packed[0] = bytes.length;
  new Uint8Array(packed.buffer).set(bytes, Uint32Array.BYTES_PER_ELEMENT);
  return packed;
}

function put(
  chunk: DuckDBDataChunk,
  index: number,
  { buffer, byteOffset, byteLength }: NodeJS.TypedArray<ArrayBuffer>,
  validity: Validity,
): duckdb.Vector {
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
  duckdb.copy_data_to_vector(vector, 0, buffer, byteOffset, byteLength);
  validity.put(vector);
  return vector;
}

/** Which rows have a value: a bit for each, from the lowest. */
class Validity {
  readonly #rows: number;
  #bits: Uint8Array<ArrayBuffer> | null = null;

  constructor(rows: number) {
    this.#rows = rows;
  }

  clear(row: number): void {
    this.#bits ??= new Uint8Array(8 * Math.ceil(this.#rows / 64)).fill(0xff);
    this.#bits[row >> 3] = (this.#bits[row >> 3] ?? 0) & ~(1 << (row & 7));
  }

  put(vector: duckdb.Vector): void {
    if (!this.#bits) return;
    const { buffer, byteOffset, byteLength } = this.#bits;
    duckdb.vector_ensure_validity_writable(vector);
    duckdb.copy_data_to_vector_validity(vector, 0, buffer, byteOffset, byteLength);
  }
}
