import { describe, expect, test } from 'vitest';
import { sliceRow, stackTensors } from './pipeline.ts';
import type { Tensors } from './tensor.ts';

const row = (...values: number[]): Tensors => ({
  x: { dtype: 'float32', dims: [values.length], data: Float32Array.from(values) },
});

describe('stackTensors', () => {
  test('puts the batch axis first', () => {
    expect(stackTensors([row(1, 2), row(3, 4), row(5, 6)])).toEqual({
      x: { dtype: 'float32', dims: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    });
  });

  test('stacks texts and whole numbers alike', () => {
    const item = (text: string, id: bigint): Tensors => ({
      text: { dtype: 'string', dims: [1], data: [text] },
      id: { dtype: 'int64', dims: [], data: BigInt64Array.of(id) },
    });
    expect(stackTensors([item('a', 1n), item('b', 2n)])).toEqual({
      text: { dtype: 'string', dims: [2, 1], data: ['a', 'b'] },
      id: { dtype: 'int64', dims: [2], data: BigInt64Array.of(1n, 2n) },
    });
  });

  test('makes plain arrays, whatever the items hold their bytes in', () => {
    const item: Tensors = { x: { dtype: 'uint8', dims: [2], data: Buffer.of(1, 2) } };
    expect(Buffer.isBuffer(stackTensors([item, item]).x?.data)).toBe(false);
  });

  test('leaves the items usable: the batch is a copy', () => {
    const item = row(1);
    const { x } = stackTensors([item]);
    if (x?.dtype === 'float32') x.data[0] = 9;
    expect(item).toEqual(row(1));
  });

  test.each([[[row(1), row(1, 2)]], [[row(1), {}]], [[]]])(
    'refuses items that do not fit together',
    (items) => {
      expect(() => stackTensors(items)).toThrow(RangeError);
    },
  );
});

describe('sliceRow', () => {
  test('undoes stacking', () => {
    const items = [row(1, 2), row(3, 4)];
    const batch = stackTensors(items);
    expect([sliceRow(batch, 0), sliceRow(batch, 1)]).toEqual(items);
  });

  test('refuses a row that is not there', () => {
    expect(() => sliceRow(stackTensors([row(1)]), 1)).toThrow(RangeError);
  });
});
