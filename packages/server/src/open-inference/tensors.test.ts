import type { Dtype } from '@oriel/schemas';
import { describe, expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { readBinaryData } from './binary-tensor.ts';
import { printJsonData, readJsonData } from './json-tensor.ts';

const path = ['inputs', 0];
const json = (dtype: Dtype, dims: readonly number[], data: unknown) =>
  readJsonData(data, { dtype, dims, path });
const bufferOf = (data: ReturnType<typeof binary>) => (Array.isArray(data) ? undefined : data.buffer);
const binary = (dtype: Dtype, count: number, bytes: Uint8Array) =>
  readBinaryData(bytes, { dtype, count, path });

/** Where and why something is refused. */
function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error.message.replace('The input is not valid. ', '');
    throw error;
  }
  throw new Error('it was taken');
}

describe('a tensor in JSON', () => {
  test.each<[string, Dtype, readonly number[], unknown, string]>([
    [
      'too few values',
      'int32',
      [2, 2],
      [1, 2, 3],
      'inputs[0]: must hold 4 values, as the shape [2,2] says, and holds 3',
    ],
    ['no list', 'int32', [1], 7, 'inputs[0]: must be a list of values'],
    ['a ragged nest', 'int32', [2, 2], [[1, 2], [3]], 'a list of 2 is expected where there is a list of 1'],
    [
      'a nest of another depth',
      'int32',
      [1, 2, 1],
      [[1, 2]],
      'a list of 1 is expected where there is no list',
    ],
    [
      'a lie about a very large shape',
      'int32',
      [1, 2_000_000_000],
      [[1]],
      'a list of 2000000000 is expected',
    ],
    [
      'a number too large for FP32',
      'float32',
      [2],
      [1, 1e39],
      'inputs[0][1]: must be a number in the range of FP32',
    ],
    ['a text', 'float64', [1], ['1'], 'inputs[0][0]: must be a number'],
    ['null', 'float32', [1], [null], 'must be a number'],
    ['a fraction', 'int32', [1], [1.5], 'must be a whole number'],
    ['more than INT32 holds', 'int32', [1], [2 ** 31], 'must be a whole number in the range of INT32'],
    ['less than UINT8 holds', 'uint8', [1], [-1], 'must be a whole number from 0 to 255'],
    ['a number that JSON has rounded', 'int64', [1], [2 ** 53], 'beyond which JSON loses digits'],
    ['a number for a truth value', 'bool', [1], [1], 'must be true or false'],
    ['half a character', 'string', [1], ['\ud800'], 'must be a text'],
  ])('%s is refused, and told where', (_what, dtype, dims, data, message) => {
    expect(refusalOf(() => json(dtype, dims, data))).toContain(message);
  });

  test('keeps all digits of whole numbers that come out of a model', () => {
    const data = BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n));
    expect(printJsonData({ dtype: 'int64', dims: [2], data }, 'y')).toBe(
      '[9223372036854775807,-9223372036854775808]',
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('%d cannot be said', (value) => {
    const data = Float32Array.of(0, value);
    expect(refusalOf(() => printJsonData({ dtype: 'float32', dims: [2], data }, 'y'))).toContain(
      'binary data',
    );
  });
});

describe('a tensor in bytes', () => {
  test('is a view of them where they lie well, and a copy where they do not', () => {
    const body = new Uint8Array(12);
    expect(bufferOf(binary('float32', 2, body.subarray(4)))).toBe(body.buffer);
    expect(bufferOf(binary('float32', 2, body.subarray(3, 11)))).not.toBe(body.buffer);
    // the slice of a Buffer is a view
    expect(bufferOf(binary('float32', 2, Buffer.from(body.buffer, 3, 8)))).not.toBe(body.buffer);
  });

  test('may be NaN and infinite', () => {
    const bytes = new Uint8Array(Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY).buffer);
    expect([...(binary('float32', 2, bytes) as Float32Array)]).toEqual([
      Number.NaN,
      Number.NEGATIVE_INFINITY,
    ]);
  });

  test.each<[string, Dtype, number, readonly number[], string]>([
    ['a byte too few', 'float32', 1, [1, 2, 3], 'inputs[0].parameters.binary_data_size: must be 4'],
    ['a byte too many', 'uint8', 1, [1, 2], 'must be 1'],
    ['a truth value of 2', 'bool', 1, [2], 'must hold 0 or 1'],
    ['a text that is cut', 'string', 1, [3, 0, 0, 0, 97, 98], 'element 0 ends after the data'],
    ['a length that is cut', 'string', 1, [3, 0], 'element 0 ends after the data'],
    ['a length of four gigabytes', 'string', 1, [255, 255, 255, 255], 'element 0 ends after the data'],
    ['a text too few', 'string', 2, [0, 0, 0, 0], 'must hold 2 elements, as the shape says, and holds 1'],
    ['a text too many', 'string', 1, [0, 0, 0, 0, 0, 0, 0, 0], 'and holds more'],
    ['what is no UTF-8', 'string', 1, [1, 0, 0, 0, 255], 'must hold UTF-8: element 0 is none'],
  ])('%s is refused', (_what, dtype, count, bytes, message) => {
    expect(refusalOf(() => binary(dtype, count, Uint8Array.from(bytes)))).toContain(message);
  });
});
