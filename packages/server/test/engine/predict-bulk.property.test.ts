import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BulkAnswer } from '../../src/engine/engine-types.ts';
import type { AppError } from '../../src/errors.ts';
import { startTestEngine } from './support/test-engine.ts';

type TestEngine = Awaited<ReturnType<typeof startTestEngine>>;

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

const mishap = fc.constantFrom('unusable', 'throws', 'odd-shape', 'run-fails', 'bad-output');
const good = fc.record({ value: fc.integer({ min: -1000, max: 1000 }) });
const bad = fc.record({ value: fc.nat(9), mishap });
const inputs = (of: fc.Arbitrary<unknown>) => fc.array(of, { maxLength: 60 });
const anyInputs = inputs(
  fc.oneof(
    { weight: 8, arbitrary: good },
    { weight: 1, arbitrary: bad },
    { weight: 1, arbitrary: fc.jsonValue() },
  ),
);

/** What each input gets alone, as a live prediction of what the contract allows. */
async function aloneOf(input: unknown): Promise<unknown> {
  const isValid =
    typeof input === 'object' && input !== null && 'value' in input && typeof input.value === 'number';
  if (!isValid || Object.keys(input).some((key) => !['value', 'mishap'].includes(key)))
    return 'INPUT_INVALID';
  return engine.predict({ model: 'fragile', input }).then(
    ({ output }) => output,
    ({ code }: AppError) => code,
  );
}

const plain = (answer: BulkAnswer) => (answer.ok ? answer.output : answer.error.code);

test('each input gets what it gets alone, whatever comes with it and beside it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyInputs, { maxLength: 3 }), anyInputs, async (jobs, live) => {
      const predicting = live.map(aloneOf);
      const answers = await Promise.all(
        jobs.map((job) => engine.predictBulk({ model: 'fragile', inputs: job })),
      );
      for (const [index, job] of jobs.entries())
        expect(answers[index]?.map(plain)).toEqual(await Promise.all(job.map(aloneOf)));
      await Promise.all(predicting);
      expect(engine.stats()).toMatchObject({ queued: 0, bulkInputs: 0 });
    }),
    { numRuns: 40 },
  );
});

test('a job that is stopped at any moment is over at once, and leaves nothing behind', async () => {
  const turns = fc.nat(12);
  await fc.assert(
    fc.asyncProperty(fc.array(turns, { minLength: 1, maxLength: 4 }), async (stops) => {
      const jobs = stops.map(async (count) => {
        const stop = new AbortController();
        const values = Array.from({ length: 300 }, (_, value) => ({ value, busyMs: 0.02 }));
        const job = engine.predictBulk({ model: 'slow', inputs: values, signal: stop.signal });
        const outcome = job.then(
          (answers) => answers.map(plain),
          ({ code }: AppError) => code,
        );
        for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        stop.abort();
        return outcome;
      });
      const whole = Array.from({ length: 300 }, (_, value) => ({ doubled: 2 * value }));
      for (const outcome of await Promise.all(jobs))
        expect(['REQUEST_CANCELLED', whole]).toContainEqual(outcome);
      expect(engine.stats()).toMatchObject({ queued: 0, bulkInputs: 0 });
      expect(await engine.predict({ model: 'slow', input: { value: 4, busyMs: 0 } })).toMatchObject({
        output: { doubled: 8 },
      });
    }),
    { numRuns: 40 },
  );
});
