/**
 * Rows on their way to a thread and back, by column: lists of numbers and codes clone some ten times as fast as objects
 * do, and the event loop's part of that is what bounds how fast a job can be. What fits no other kind goes as it is.
 */
export type Packed = PackedNumbers | PackedWords | PackedRows | PackedPlain;

/** Numbers, and perhaps null. */
interface PackedNumbers {
  readonly kind: 'numbers';
  readonly data: Float64Array;
  /** 1 where there is null; null when there is none. */
  readonly nulls: Uint8Array | null;
}

/** Few different words, truth values and nulls, each by its place in `words`. */
interface PackedWords {
  readonly kind: 'words';
  readonly words: readonly Word[];
  readonly codes: Uint16Array;
}

/** Plain objects. */
interface PackedRows {
  readonly kind: 'rows';
  readonly shapes: readonly PackedShape[];
  /** The shape of each row; null when there is only one. */
  readonly shapeOf: Uint8Array | null;
}

/** Objects of the same keys in the same order. */
interface PackedShape {
  readonly keys: readonly string[];
  readonly columns: readonly Packed[];
  readonly count: number;
}

interface PackedPlain {
  readonly kind: 'plain';
  readonly values: readonly unknown[];
}

type Word = string | boolean | null;
type Row = Record<string, unknown>;

const wordsMax = 1024;
/** So many values are looked at before words count as too different to be worth it. */
const wordsTried = 64;
const shapesMax = 16;
/** Objects within objects, further in, go as they are. */
const depthMax = 4;

/** @returns what {@link unpack} makes equal values of; it may hold parts of `values` themselves */
export function pack(values: readonly unknown[], depth = 0): Packed {
  const sample = values.find((value) => value !== null);
  const packed =
    typeof sample === 'number'
      ? packNumbers(values)
      : typeof sample === 'string' || typeof sample === 'boolean'
        ? packWords(values)
        : isPlainObject(sample) && depth < depthMax
          ? packRows(values, depth)
          : null;
  return packed ?? { kind: 'plain', values };
}

function packNumbers(values: readonly unknown[]): PackedNumbers | null {
  const data = new Float64Array(values.length);
  let nulls: Uint8Array | null = null;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (typeof value === 'number') data[i] = value;
    else if (value === null) {
      nulls ??= new Uint8Array(values.length);
      nulls[i] = 1;
    } else return null;
  }
  return { kind: 'numbers', data, nulls };
}

function packWords(values: readonly unknown[]): PackedWords | null {
  const codes = new Uint16Array(values.length);
  const codeOf = new Map<Word, number>();
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (typeof value !== 'string' && typeof value !== 'boolean' && value !== null) return null;
    let code = codeOf.get(value);
    if (code === undefined) {
      code = codeOf.size;
      if (code === wordsMax || (i >= wordsTried && code > i / 2)) return null;
      codeOf.set(value, code);
    }
    codes[i] = code;
  }
  return { kind: 'words', words: [...codeOf.keys()], codes };
}

/** A shape while rows are added to it. */
interface OpenShape {
  readonly keys: readonly string[];
  readonly columns: readonly unknown[][];
  count: number;
}

function packRows(values: readonly unknown[], depth: number): PackedRows | null {
  const shapes: OpenShape[] = [];
  const shapeOf = new Uint8Array(values.length);
  let shape = 0;
  for (let i = 0; i < values.length; i += 1) {
    const row = values[i];
    if (!isPlainObject(row)) return null;
    // most rows have the shape of the one before
    const last = shapes[shape];
    if (!last || !addRow(last, row)) {
      shape = shapes.findIndex((other) => addRow(other, row));
      if (shape === -1) {
        const opened = openShape(row);
        if (!opened || shapes.length === shapesMax) return null;
        shape = shapes.push(opened) - 1;
      }
    }
    shapeOf[i] = shape;
  }
  return {
    kind: 'rows',
    shapes: shapes.map(({ keys, columns, count }) => ({
      keys,
      columns: columns.map((column) => pack(column, depth + 1)),
      count,
    })),
    shapeOf: shapes.length > 1 ? shapeOf : null,
  };
}

/** @returns null for an object that cannot be made again by assigning its keys */
function openShape(row: Row): OpenShape | null {
  const keys = Object.keys(row);
  return keys.includes('__proto__') ? null : { keys, columns: keys.map((key) => [row[key]]), count: 1 };
}

/**
 * Adds a row of exactly these keys in this order; the engine reads a value almost for free while it lists the keys.
 *
 * @returns false when the row is of another shape
 */
function addRow(shape: OpenShape, row: Row): boolean {
  const { keys, columns } = shape;
  let place = 0;
  for (const key in row) {
    if (keys[place] !== key) {
      place = -1;
      break;
    }
    columns[place]?.push(row[key]);
    place += 1;
  }
  if (place === keys.length) {
    shape.count += 1;
    return true;
  }
  for (const column of columns) column.length = shape.count;
  return false;
}

function isPlainObject(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The values that were packed; the objects among them are new. */
export function unpack(packed: Packed): ArrayLike<unknown> {
  switch (packed.kind) {
    case 'plain':
      return packed.values;
    case 'words':
      return Array.from(packed.codes, (code) => packed.words[code]);
    case 'numbers':
      return packed.nulls
        ? Array.from(packed.data, (value, i) => (packed.nulls?.[i] === 1 ? null : value))
        : packed.data;
    case 'rows':
      return unpackRows(packed);
  }
}

function unpackRows({ shapes, shapeOf }: PackedRows): unknown[] {
  const rowsOf = shapes.map(unpackShape);
  if (!shapeOf) return rowsOf[0] ?? [];
  const next = new Uint32Array(shapes.length);
  const rows = new Array<unknown>(shapeOf.length);
  for (let i = 0; i < rows.length; i += 1) {
    const shape = shapeOf[i] ?? 0;
    const place = next[shape] ?? 0;
    rows[i] = rowsOf[shape]?.[place];
    next[shape] = place + 1;
  }
  return rows;
}

function unpackShape({ keys, columns, count }: PackedShape): Row[] {
  const values = columns.map(unpack);
  const rows = new Array<Row>(count);
  // a copy has all its keys at once, which takes half the time of adding one after another
  const blank: Row = Object.fromEntries(keys.map((key) => [key, null]));
  for (let i = 0; i < count; i += 1) {
    const row = { ...blank };
    for (let c = 0; c < keys.length; c += 1) row[keys[c] as string] = values[c]?.[i];
    rows[i] = row;
  }
  return rows;
}
