import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMicroEngine, type TinyInput } from './support/micro-engine.ts';

type MicroEngine = Awaited<ReturnType<typeof startMicroEngine>>;
type Settled = PromiseSettledResult<{ readonly output: unknown }>;

const mishap = fc.option(fc.constantFrom('unusable', 'throws', 'odd-shape', 'bad-output'), {
  nil: undefined,
});
const call = fc.record({
  do: fc.constant('call'),
  value: fc.nat(50),
  mishap: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: mishap }),
  leaves: fc.constantFrom('no', 'no', 'no', 'at once', 'a turn later'),
  isLate: fc.constantFrom(false, false, false, true),
  priority: fc.constantFrom('high', 'high', 'low'),
} as const);
const step = fc.oneof(
  { weight: 8, arbitrary: call },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('turn') } as const) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('block') } as const) },
);
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What may become of a call; whether one that leaves or is late was quicker than its answer is up to the clock. */
function expected({ mishap, leaves, isLate }: Call, isCached: boolean): readonly string[] {
  const outcome = mishap === undefined ? 'ok' : mishap === 'unusable' ? 'INPUT_INVALID' : 'PREDICTION_FAILED';
  return [
    ...(leaves === 'at once' && !isCached ? [] : [outcome]),
    ...(leaves === 'no' ? [] : ['REQUEST_CANCELLED']),
    ...(isLate ? ['DEADLINE_EXCEEDED'] : []),
  ];
}

const outcomeOf = (settled: Settled) =>
  settled.status === 'fulfilled' ? 'ok' : String((settled.reason as { code?: string }).code);
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Plays the steps and counts the answers that each call gets. */
async function play(engine: MicroEngine, steps: readonly Step[]) {
  const calls: { readonly call: Call; readonly answer: Promise<Settled> }[] = [];
  for (const each of steps) {
    if (each.do === 'turn') await nextTurn();
    else if (each.do === 'block') block();
    else calls.push({ call: each, answer: ask(engine, each) });
  }
  return Promise.all(calls.map(async ({ call, answer }) => ({ call, settled: await answer })));
}

/** Longer than the deadline of calls that are late. */
function block(): void {
  const until = performance.now() + 3;
  while (performance.now() < until);
}

async function ask(engine: MicroEngine, { value, mishap, leaves, isLate, priority }: Call): Promise<Settled> {
  const leaving = new AbortController();
  const input: TinyInput = { value, ...(mishap && { mishap }) };
  const answer = engine.tiny(input, {
    priority,
    ...(leaves !== 'no' && { signal: leaving.signal }),
    ...(isLate && { deadlineAt: performance.now() + 2 }),
  });
  if (leaves === 'at once') leaving.abort();
  if (leaves === 'a turn later') setImmediate(() => leaving.abort());
  const [settled] = await Promise.allSettled([answer]);
  return settled;
}

let shared: MicroEngine;
let keeping: MicroEngine;
beforeAll(async () => {
  shared = await startMicroEngine({ cacheEntriesMax: 20, threads: 2 });
  keeping = await startMicroEngine({ cacheEntriesMax: 0, threads: 2 });
});
afterAll(async () => {
  await shared.close();
  await keeping.close();
});

test('whatever comes in whatever order, each call gets the one answer that it gets alone', async () => {
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 60 }),
    fc.boolean(),
    async (steps, isCached) => {
      const engine = isCached ? shared : keeping;
      for (const { call, settled } of await play(engine, steps)) {
        expect(expected(call, isCached)).toContain(outcomeOf(settled));
        if (settled.status === 'fulfilled') expect(settled.value.output).toEqual({ doubled: 2 * call.value });
      }
      await nextTurn(); // what its callers have left is thrown away when its turn comes
      expect(engine.stats()).toMatchObject({ queued: 0 });
    },
  );
  await fc.assert(property, { numRuns: 150 });
  const ways = new Set([...shared.ways(), ...keeping.ways()]);
  expect(ways, 'both ways were taken').toEqual(new Set(['inline', 'thread']));
});
