import type { Dtype, Tensor } from '@oriel/schemas';
import type { AppError } from '../errors.ts';
import { arrayOf, elementCount } from './data-types.ts';
import { type Path, refused } from './refused.ts';

interface Wanted {
  readonly dtype: Dtype;
  readonly dims: readonly number[];
  /** Of the data, for messages. */
  readonly path: Path;
}

type Data = Tensor['data'];

/** Takes one value into its place. @returns false when it is none of the type */
type Put = (data: Data, at: number, value: unknown) => boolean;

interface Element {
  readonly put: Put;
  readonly expected: string;
}

/** A number that comes out of its place as it went in: one that is no whole number, or out of range, does not. */
const putWhole: Put = (data, at, value) => {
  if (typeof value !== 'number') return false;
  data[at] = value;
  return data[at] === value;
};

/** JSON has no NaN and no infinity; a number that is too large for the type would become one. */
const putFinite: Put = (data, at, value) => {
  if (typeof value !== 'number') return false;
  data[at] = value;
  return Number.isFinite(data[at]);
};

const elementOf: Readonly<Record<Dtype, Element>> = {
  float32: { put: putFinite, expected: 'a number in the range of FP32' },
  float64: { put: putFinite, expected: 'a number in the range of FP64' },
  int32: { put: putWhole, expected: 'a whole number in the range of INT32' },
  uint8: { put: putWhole, expected: 'a whole number from 0 to 255' },
  int64: {
    expected:
      'a whole number from -(2^53 - 1) to 2^53 - 1, beyond which JSON loses digits: send others as binary data',
    put(data, at, value) {
      if (!Number.isSafeInteger(value)) return false;
      // it was just found to be a number
      data[at] = BigInt(value as number);
      return true;
    },
  },
  bool: {
    expected: 'true or false',
    put(data, at, value) {
      data[at] = Number(value === true);
      return typeof value === 'boolean';
    },
  },
  string: {
    expected: 'a text',
    put(data, at, value) {
      if (typeof value !== 'string' || !value.isWellFormed()) return false;
      data[at] = value;
      return true;
    },
  },
};

/**
 * The data of a tensor in JSON, row-major: in one list, or in lists of lists as the shape says. Each value is looked at
 * once, in one loop: there may be a hundred thousand.
 *
 * @throws AppError INPUT_INVALID
 */
export function readJsonData(given: unknown, { dtype, dims, path }: Wanted): Data {
  const { put, expected } = elementOf[dtype];
  const lists = isNested(given, dims) ? innermost([given], dims, path) : [flatList(given, dims, path)];
  // as many as the lists have been found to hold
  const count = elementCount(dims);
  const data: Data = dtype === 'string' ? new Array<string>(count) : new arrayOf[dtype](count);
  let at = 0;
  for (const list of lists)
    for (const value of list) {
      if (!put(data, at, value)) throw refused([...path, at], 'invalid_type', `must be ${expected}`);
      at += 1;
    }
  return data;
}

type List = readonly unknown[];

function isNested(data: unknown, dims: readonly number[]): boolean {
  return dims.length > 1 && Array.isArray(data) && Array.isArray(data[0]);
}

function flatList(data: unknown, dims: readonly number[], path: Path): List {
  const count = elementCount(dims);
  if (!Array.isArray(data)) throw refused(path, 'invalid_type', 'must be a list of values');
  if (data.length === count) return data;
  throw refused(
    path,
    'length',
    `must hold ${count} values, as the shape [${dims}] says, and holds ${data.length}`,
  );
}

/** The lists that hold the values themselves, each of the length that the shape says, and as many as it says. */
function innermost(outer: readonly unknown[], [length = 0, ...dims]: readonly number[], path: Path): List[] {
  const lists = outer.map((list) => {
    if (Array.isArray(list) && list.length === length) return list as List;
    const found = Array.isArray(list) ? `a list of ${list.length}` : 'no list';
    throw refused(
      path,
      'shape',
      `must be nested as the shape says: a list of ${length} is expected where there is ${found}`,
    );
  });
  return dims.length === 0 ? lists : innermost(lists.flat(), dims, path);
}

/**
 * The data of a tensor as JSON text, in one list. Whole numbers keep all of their digits.
 *
 * @throws AppError INPUT_INVALID when a value is NaN or infinite
 */
export function printJsonData({ dtype, data }: Tensor, name: string): string {
  switch (dtype) {
    case 'string':
      return JSON.stringify(data);
    case 'bool':
      return `[${Array.from(data, (value) => value !== 0).join()}]`;
    case 'float32':
    case 'float64':
      if (!data.every(Number.isFinite)) throw notInJson(name);
      return `[${data.join()}]`;
    case 'int32':
    case 'int64':
    case 'uint8':
      return `[${data.join()}]`;
  }
}

function notInJson(name: string): AppError {
  const message = `the output "${name}" holds NaN or infinity, which JSON cannot say: ask for it as binary data`;
  return refused(['outputs'], 'not_in_json', message);
}
