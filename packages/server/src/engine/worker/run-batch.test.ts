import { type AnyPipeline, defineContract, type Tensors } from '@oriel/schemas';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { toOutput } from './run-batch.ts';

const contract = defineContract({
  id: 'shares',
  title: 'Shares',
  description: 'Two shares.',
  task: 'tabular',
  input: z.strictObject({}),
  output: z.object({ shares: z.array(z.number().max(1)) }),
  examples: [{ title: 'Nothing', input: {} }],
});

const row = (...shares: number[]): Tensors => ({
  shares: { dtype: 'float64', dims: [shares.length], data: Float64Array.from(shares) },
});

test('outputs are copies: a pipeline may fill the same list for every item', () => {
  const scratch = { shares: [0, 0] };
  const pipeline: AnyPipeline = {
    inputs: [],
    outputs: [],
    batching: { batchSizeMax: 2 },
    preprocess: () => ({}),
    postprocess({ shares }) {
      scratch.shares.splice(0, 2, ...Array.from(shares?.data ?? [], Number));
      return scratch;
    },
  };
  const outputs = [row(0.25, 0.75), row(1, 0)].map((shares) => toOutput({ pipeline, contract }, shares));
  expect(outputs).toEqual([{ value: { shares: [0.25, 0.75] } }, { value: { shares: [1, 0] } }]);
  expect(toOutput({ pipeline, contract }, row(2))).toEqual({
    failure: { kind: 'failed', stage: 'output', message: expect.stringContaining('shares') },
  });
});
