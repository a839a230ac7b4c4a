import { isMainThread } from 'node:worker_threads';
import { definePipeline, InputError, type InputOf, type Tensors } from '@oriel/schemas';
import { tiny } from './contract.ts';

export const pipeline = definePipeline(tiny, {
  inputs: [{ name: 'x', dtype: 'float32', dims: [null, 2] }],
  outputs: [{ name: 'y', dtype: 'float32', dims: [null, 2] }],
  batching: { batchSizeMax: 8, micro: true },
  preprocess,
  postprocess({ y }) {
    const [doubled, isBad] = [Number(y?.data[0]), Number(y?.data[1])];
    return { doubled: isBad ? Number.NaN : doubled };
  },
});

function preprocess({ value, mishap, busyMs = 0 }: InputOf<typeof tiny>): Tensors | Promise<Tensors> {
  if (busyMs > 0) compute(busyMs);
  const width = mishap === 'odd-shape' ? 3 : 2;
  const data = new Float32Array(width);
  data.set([value, Number(mishap === 'bad-output')]);
  const tensors: Tensors = { x: { dtype: 'float32', dims: [width], data } };
  // on the event loop it would end the tests
  if (mishap === 'exits' && !isMainThread) process.exit(3);
  // nor shall they wait
  if (mishap === 'waits' && !isMainThread) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000);
  if (mishap === 'unusable') throw new InputError(['value'], 'cannot be used');
  if (mishap === 'throws') throw new Error('secret of preprocess');
  return mishap === 'promise' ? Promise.resolve(tensors) : tensors;
}

function compute(ms: number): void {
  const until = computedMs() + ms;
  while (computedMs() < until);
}

/** Of this thread alone: what other programs do meanwhile does not count. */
function computedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
