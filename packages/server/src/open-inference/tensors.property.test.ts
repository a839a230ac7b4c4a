import type { Dtype, Tensor } from '@oriel/schemas';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { printBinaryData, readBinaryData } from './binary-tensor.ts';
import { arrayOf, elementCount } from './data-types.ts';
import { printJsonData, readJsonData } from './json-tensor.ts';

const path = ['inputs', 0];
// JSON has one zero
const plain = (value: number) => value + 0;
const safe = BigInt(Number.MAX_SAFE_INTEGER);

/** Values of each type that JSON can say. */
const valuesOf = {
  float32: fc.float({ noNaN: true, noDefaultInfinity: true }).map(plain),
  float64: fc.double({ noNaN: true, noDefaultInfinity: true }).map(plain),
  int32: fc.integer(),
  int64: fc.bigInt({ min: -safe, max: safe }),
  uint8: fc.integer({ min: 0, max: 255 }),
  bool: fc.constantFrom(0, 1),
  string: fc.string({ unit: 'binary' }),
} satisfies Record<Dtype, fc.Arbitrary<unknown>>;

const tensor = fc
  .tuple(
    fc.constantFrom(...(Object.keys(valuesOf) as Dtype[])),
    fc.array(fc.nat(4), { minLength: 1, maxLength: 3 }),
  )
  .chain(([dtype, dims]) => {
    const length = elementCount(dims);
    return fc
      .array(valuesOf[dtype] as fc.Arbitrary<never>, { minLength: length, maxLength: length })
      .map((values): Tensor => ({ dtype, dims, data: toData(dtype, values) }) as Tensor);
  });

function toData(dtype: Dtype, values: readonly never[]): Tensor['data'] {
  // the constructors differ in their elements, which are the type's own
  return dtype === 'string' ? [...values] : (arrayOf[dtype] as Float32ArrayConstructor).from(values);
}

/** A flat list as lists of lists. */
function nested(list: readonly unknown[], [, ...dims]: readonly number[]): unknown {
  if (dims.length === 0) return list;
  const size = elementCount(dims);
  const count = size === 0 ? 0 : list.length / size;
  return Array.from({ length: count }, (_, row) => nested(list.slice(row * size, (row + 1) * size), dims));
}

/** What a caller gets; everything else is our fault. */
function codeOf(work: () => unknown): string {
  try {
    work();
    return 'ok';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

describe('the data of a tensor', () => {
  test('is the same after a way through JSON, flat or nested', () => {
    fc.assert(
      fc.property(tensor, ({ dtype, dims, data }) => {
        const given: unknown[] = JSON.parse(printJsonData({ dtype, dims, data } as Tensor, 'x'));
        expect(readJsonData(given, { dtype, dims, path })).toEqual(data);
        if (!dims.includes(0)) expect(readJsonData(nested(given, dims), { dtype, dims, path })).toEqual(data);
      }),
    );
  });

  test('is the same after a way through bytes, wherever they lie', () => {
    fc.assert(
      fc.property(tensor, fc.nat(16), (given, offset) => {
        const bytes = printBinaryData(given);
        const moved = new Uint8Array(offset + bytes.byteLength);
        moved.set(bytes, offset);
        const { dtype, dims, data } = given;
        const read = readBinaryData(moved.subarray(offset), { dtype, count: elementCount(dims), path });
        expect(read).toEqual(data);
      }),
    );
  });

  test('is refused when there are more or fewer bytes than the shape says', () => {
    fc.assert(
      fc.property(tensor, fc.integer({ min: -9, max: 9 }), ({ dtype, dims, data }, more) => {
        const bytes = printBinaryData({ dtype, dims, data } as Tensor);
        fc.pre(more !== 0 && bytes.byteLength + more >= 0);
        const other = new Uint8Array(bytes.byteLength + more);
        other.set(bytes.subarray(0, other.byteLength));
        const read = () => readBinaryData(other, { dtype, count: elementCount(dims), path });
        expect(codeOf(read)).toBe('INPUT_INVALID');
      }),
    );
  });

  test('is refused or read, and nothing else, whatever comes', () => {
    const dtypes = fc.constantFrom(...(Object.keys(valuesOf) as Dtype[]));
    const dims = fc.array(fc.nat(5), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(dtypes, dims, fc.jsonValue(), fc.uint8Array(), (dtype, shape, json, bytes) => {
        const codes = [
          codeOf(() => readJsonData(json, { dtype, dims: shape, path })),
          codeOf(() => readBinaryData(bytes, { dtype, count: elementCount(shape), path })),
        ];
        for (const code of codes) expect(['ok', 'INPUT_INVALID']).toContain(code);
      }),
      { numRuns: 1000 },
    );
  });
});
