import { RateLimiterMemory } from 'rate-limiter-flexible';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLeasedLimit } from './leased-limit.ts';
import type { Limiter } from './stores.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A process with its leases; all made of one `store` share it. */
function processOn(store: Limiter, isShared = true) {
  const failures: unknown[] = [];
  const { take } = createLeasedLimit({
    name: 'test',
    limit: 100,
    windowS: 60,
    isShared,
    createLimiter: () => store,
    createSpare: (options) => new RateLimiterMemory(options),
    onStoreFailure: (error) => failures.push(error),
  });
  return { take, failures };
}

const newStore = () => new RateLimiterMemory({ points: 100, duration: 60 });

async function letIn({ take }: Pick<ReturnType<typeof processOn>, 'take'>, times: number): Promise<number> {
  let count = 0;
  for (let i = 0; i < times; i++) if (!(await take('somebody')).isRefused) count++;
  return count;
}

describe('a limit over several processes', () => {
  test('is let in to the last, and starts anew with the window', async () => {
    const store = newStore();
    const [one, other] = [processOn(store), processOn(store)];
    expect((await letIn(one, 60)) + (await letIn(other, 60)) + (await letIn(one, 60))).toBe(100);
    expect(await one.take('somebody')).toMatchObject({ isRefused: true, remaining: 0, resetS: 60 });
    vi.advanceTimersByTime(60_000);
    expect((await letIn(one, 120)) + (await letIn(other, 120))).toBe(100);
  });

  test('costs a handful of queries, not one for each request', async () => {
    const store = newStore();
    const consume = vi.spyOn(store, 'consume');
    await letIn(processOn(store), 60);
    expect(consume.mock.calls.length).toBeLessThan(12);
  });

  test('is counted without asking, and without waiting, between leases', async () => {
    const one = processOn(newStore());
    await one.take('somebody');
    expect(one.take('somebody')).not.toBeInstanceOf(Promise);
  });
});

test('a store that fails lets each process count for itself, and is asked again after a second', async () => {
  const store = newStore();
  const consume = vi.spyOn(store, 'consume').mockRejectedValue(new Error('down'));
  const one = processOn(store);
  expect(await letIn(one, 120)).toBe(100);
  expect(one.failures).toHaveLength(1);
  consume.mockRestore();
  vi.advanceTimersByTime(60_000);
  expect(await letIn(one, 120)).toBe(100);
  expect(one.failures).toHaveLength(1);
});

test('a store that does not answer holds up nobody for more than a second', async () => {
  const store = newStore();
  vi.spyOn(store, 'consume').mockReturnValue(new Promise(() => undefined));
  const standing = processOn(store).take('somebody');
  await vi.advanceTimersByTimeAsync(1000);
  expect(await standing).toMatchObject({ isRefused: false });
});
