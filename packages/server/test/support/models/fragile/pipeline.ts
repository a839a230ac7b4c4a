import { getHeapStatistics } from 'node:v8';
import { definePipeline, InputError, type Tensors } from '@oriel/schemas';
import { fragile, type Mishap } from './contract.ts';

/** Rides through the model beside the value, so that postprocess knows what to do wrong. */
const signal = { none: 0, badOutput: 1, throws: 2 };
/** The model's table has rows 0 to 3. */
const rowOutsideTable = 99n;
const kept: unknown[] = [];
/** More than the tests let a thread have. */
const leakBytes = 80 * 1024 * 1024;

export const pipeline = definePipeline(fragile, {
  inputs: [
    { name: 'x', dtype: 'float32', dims: [null, 2] },
    { name: 'row', dtype: 'int64', dims: [null] },
  ],
  outputs: [
    { name: 'y', dtype: 'float32', dims: [null, 2] },
    { name: 'entry', dtype: 'float32', dims: [null] },
  ],
  batching: { batchSizeMax: 8 },
  preprocess: ({ value, mishap }) => (mishap ? misbehave(mishap, value) : tensors(value)),
  postprocess({ y }) {
    const [doubled, sign] = [Number(y?.data[0]), Number(y?.data[1]) / 2];
    if (sign === signal.throws) throw new Error('secret of postprocess');
    // a value that the types refuse: the contract has to refuse it, too
    return { doubled: sign === signal.badOutput ? ('text' as unknown as number) : doubled };
  },
});

function tensors(value: number, sign = signal.none, row = 0n): Tensors {
  return {
    x: { dtype: 'float32', dims: [2], data: Float32Array.of(value, sign) },
    row: { dtype: 'int64', dims: [], data: BigInt64Array.of(row) },
  };
}

function misbehave(mishap: Mishap, value: number): Tensors | Promise<Tensors> {
  switch (mishap) {
    case 'unusable':
      throw new InputError(['value'], 'cannot be used');
    case 'throws':
      throw new Error('secret of preprocess');
    case 'odd-shape':
      return { ...tensors(value), x: { dtype: 'float32', dims: [3], data: new Float32Array(3) } };
    case 'run-fails':
      return tensors(value, signal.none, rowOutsideTable);
    case 'nan':
      return tensors(Number.NaN);
    case 'bad-output':
      return tensors(value, signal.badOutput);
    case 'postprocess-throws':
      return tensors(value, signal.throws);
    case 'exits':
      return process.exit(3);
    case 'throws-outside':
      setImmediate(throwError);
      return never();
    case 'leaves-error-behind':
      setImmediate(() => setImmediate(() => setImmediate(throwError)));
      return tensors(value);
    case 'exhausts-heap':
      for (;;) kept.push(junk());
    case 'exhausts-heap-in-strides':
      // 80 MB a step: V8 itself would end the process, not the thread, when such a step does not fit
      for (;;) kept.push(new Array(1e7).fill(value));
    case 'leaks':
      while (getHeapStatistics().used_heap_size < leakBytes) kept.push(junk());
      return tensors(value);
    case 'hangs':
      for (;;);
    case 'never-resolves':
      return never();
  }
}

const junk = () => Array.from({ length: 100 }, (_, index) => ({ index }));
const never = () => new Promise<Tensors>(() => {});

function throwError(): never {
  throw new Error('an error outside of any task');
}
