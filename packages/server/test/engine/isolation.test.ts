import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Mishap } from '../support/models/fragile/contract.ts';
import { outcomesOf, refusalOf, startTestEngine } from './support/test-engine.ts';

type TestEngine = Awaited<ReturnType<typeof startTestEngine>>;
let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine({ threads: 1 });
});
afterAll(() => engine.close());

const fragile = (value: number, mishap?: Mishap) =>
  engine.predict({ model: 'fragile', input: { value, mishap } });

describe('one bad item fails alone', () => {
  const faults: Mishap[] = [
    'unusable',
    'throws',
    'odd-shape',
    'run-fails',
    'nan',
    'bad-output',
    'postprocess-throws',
  ];

  test.each(faults)('%s', async (mishap) => {
    const calls = [0, 1, 2, 3, 4].map((value) => fragile(value, value === 2 ? mishap : undefined));
    const code = mishap === 'unusable' ? 'INPUT_INVALID' : 'PREDICTION_FAILED';
    expect(await outcomesOf(calls)).toEqual(['ok', 'ok', code, 'ok', 'ok']);
    expect(await calls[4]).toMatchObject({ output: { doubled: 8 }, batchSize: 5 });
  });

  test('several at once, each with its own answer', async () => {
    const calls = [...faults, undefined].map((mishap, value) => fragile(value, mishap));
    expect(await outcomesOf(calls)).toEqual([
      'INPUT_INVALID',
      ...Array.from({ length: 6 }, () => 'PREDICTION_FAILED'),
      'ok',
    ]);
  });
});

describe('what the caller gets to know', () => {
  test('an unusable input: the field and what is wrong with it', async () => {
    expect(await refusalOf(fragile(1, 'unusable'))).toMatchObject({
      code: 'INPUT_INVALID',
      issues: [{ path: ['value'], rule: 'unusable', message: 'cannot be used' }],
    });
  });

  test('a fault of the pipeline: nothing internal; the cause is for the log', async () => {
    const error = await refusalOf(fragile(1, 'throws'));
    expect(error.message).not.toContain('secret');
    expect(error.cause).toMatchObject({ message: 'preprocess: secret of preprocess' });
  });

  test('an output against the contract: the cause names the field', async () => {
    const error = await refusalOf(fragile(1, 'nan'));
    expect(error.cause).toMatchObject({ message: expect.stringMatching(/^output: doubled: .*NaN/) });
  });
});
