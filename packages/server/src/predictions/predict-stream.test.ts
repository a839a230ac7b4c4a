import * as models from '@oriel/models';
import { expect, test } from 'vitest';
import type { BulkAnswer, PredictBulkRequest } from '../engine/engine-types.ts';
import { AppError } from '../errors.ts';
import { createStreamPredictor, type StreamRequest } from './predict-stream.ts';
import { type RowBatch, StreamEndedError } from './row-batch.ts';

/** An engine whose answers come when the test says so. */
function setUp({ batches, ...rest }: Partial<StreamRequest> & { batches: AsyncIterable<RowBatch> }) {
  const calls: { readonly request: PredictBulkRequest; readonly finish: () => void }[] = [];
  const told: string[] = [];
  const { predictStream } = createStreamPredictor({
    engine: {
      predictBulk(request) {
        const { promise, resolve } = Promise.withResolvers<readonly BulkAnswer[]>();
        const answers = request.inputs.map((input): BulkAnswer => ({ ok: true, output: input }));
        calls.push({ request, finish: () => resolve(answers) });
        return promise;
      },
    },
    onPredicted: (_model, outcome, count) => told.push(`${outcome} ${count}`),
  });
  const lines = predictStream({
    contract: models.penguins,
    version: undefined,
    principalId: 'anonymous',
    batches,
    countRows: async () => {},
    signal: new AbortController().signal,
    watch: { touch() {}, begin() {}, end() {} },
    onEnd: (error) => told.push(error.code),
    ...rest,
  });
  return { calls, told, lines };
}

/** Batches of one row each; says how many were read, and whether the reader has left. */
function numbers(count: number) {
  const source = { read: 0, hasEnded: false };
  async function* batches(): AsyncGenerator<RowBatch> {
    try {
      for (let line = 1; line <= count; line += 1) {
        source.read += 1;
        yield { inputs: [line], lines: [line] };
      }
    } finally {
      source.hasEnded = true;
    }
  }
  return { source, batches: batches() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const answer = (line: number) => ({ done: false, value: `{"ok":true,"output":${line}}\n` });

test('answers leave in the order of their rows, whichever batch is done first', async () => {
  const { calls, lines } = setUp(numbers(2));
  const first = lines.next();
  await turn();
  calls[1]?.finish();
  await turn();
  calls[0]?.finish();
  expect(await first).toEqual(answer(1));
  expect(await lines.next()).toEqual(answer(2));
  expect(await lines.next()).toMatchObject({ done: true });
});

test('rows are read no faster than answers are taken', async () => {
  const { source, batches } = numbers(100);
  const { calls, lines } = setUp({ batches });
  const first = lines.next();
  await turn();
  for (const { finish } of calls) finish();
  await first;
  for (let i = 0; i < 5; i += 1) await turn();
  const readBefore = source.read;
  expect(readBefore).toBeLessThanOrEqual(5);
  const second = lines.next();
  await turn();
  for (const { finish } of calls) finish();
  await second;
  expect(source.read).toBeGreaterThanOrEqual(readBefore);
  expect(source.read).toBeLessThan(10);
});

test('whoever stops taking answers stops the reading', async () => {
  const { source, batches } = numbers(100);
  const { calls, lines } = setUp({ batches });
  const first = lines.next();
  await turn();
  calls[0]?.finish();
  await first;
  await lines.return();
  expect(source.hasEnded).toBe(true);
  expect(source.read).toBeLessThan(10);
});

test('what cannot be read on is said last, after the answers to what came before', async () => {
  async function* batches(): AsyncGenerator<RowBatch> {
    yield { inputs: [1, new AppError('BODY_MALFORMED', 'Line 2 is not JSON')], lines: [1, 2] };
    throw new StreamEndedError(3, new AppError('BODY_TOO_LARGE', 'Line 3 is too long'));
  }
  const { calls, lines, told } = setUp({ batches: batches() });
  const first = lines.next();
  await turn();
  expect(calls[0]?.request.inputs, 'what cannot be read is not predicted').toEqual([1]);
  calls[0]?.finish();
  expect((await first).value).toBe(
    '{"ok":true,"output":1}\n{"ok":false,"line":2,"error":{"code":"BODY_MALFORMED","message":"Line 2 is not JSON"}}\n',
  );
  expect((await lines.next()).value).toBe(
    '{"ok":false,"line":3,"error":{"code":"BODY_TOO_LARGE","message":"Line 3 is too long"},"ended":true}\n',
  );
  expect(await lines.next()).toMatchObject({ done: true });
  expect(told).toEqual(['succeeded 1', 'BODY_MALFORMED 1', 'BODY_TOO_LARGE']);
});

test('rows beyond a limit end the stream at the first of them', async () => {
  const countRows = async () => {
    throw new AppError('RATE_LIMITED', 'Too many');
  };
  const { lines } = setUp({ ...numbers(3), countRows });
  expect((await lines.next()).value).toContain('"line":1,"error":{"code":"RATE_LIMITED"');
  expect(await lines.next()).toMatchObject({ done: true });
});

test('a stream that ends early does not wait for rows that do not come', async () => {
  async function* batches(): AsyncGenerator<RowBatch> {
    yield { inputs: [1], lines: [1] };
    await new Promise(() => undefined);
  }
  const countRows = async () => {
    throw new AppError('RATE_LIMITED', 'Too many');
  };
  const { lines } = setUp({ batches: batches(), countRows });
  expect((await lines.next()).value).toContain('"ended":true');
  expect(await lines.next()).toMatchObject({ done: true });
});

test('what nobody expected is not shown', async () => {
  async function* batches(): AsyncGenerator<RowBatch> {
    yield* [];
    throw new Error('secret');
  }
  const { lines } = setUp({ batches: batches() });
  const { value } = await lines.next();
  expect(value).toContain('"code":"INTERNAL"');
  expect(value).not.toContain('secret');
});
