import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { KeyPrincipal } from '../auth/principal.ts';
import { createQuotaRepository } from './quota-repository.ts';
import { createQuotas } from './quotas.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const principal = {
  kind: 'key',
  keyId: 'key',
  requestsPerDayMax: 10,
  computeMsPerDayMax: null,
} as KeyPrincipal;

/** A database that adds what it is told once it is let. */
function createSlowPool() {
  const added: unknown[] = [];
  const answered = Promise.withResolvers<void>();
  const query = async ({ text, values }: { text: string; values: unknown[][] }) => {
    if (!text.includes('INSERT')) return { rows: [] };
    added.push(values[2]);
    await answered.promise;
    return { rows: [{ keyId: 'key', requests: 1, computeMs: 0 }] };
  };
  return { added, answer: answered.resolve, pool: { query } as never };
}

test('what a slow database is still adding is not told it again, and counts once', async () => {
  const { added, answer, pool } = createSlowPool();
  const quotas = createQuotas({
    repository: createQuotaRepository({ pool }),
    logger: { warn: () => undefined },
  });
  await quotas.take(principal, 1);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(added).toEqual([[1]]);
  answer();
  await vi.advanceTimersByTimeAsync(2000);
  expect(() => quotas.take(principal, 9)).not.toThrow();
  expect(() => quotas.take(principal, 1)).toThrow('quota of 10 requests');
  await quotas.close();
});

test('one that does not answer holds up neither the end of the server nor the first request of a day', async () => {
  const { pool } = createSlowPool();
  vi.setSystemTime('2026-01-01T23:59:00Z');
  const quotas = createQuotas({
    repository: createQuotaRepository({ pool }),
    logger: { warn: () => undefined },
  });
  await quotas.take(principal, 1);
  await vi.advanceTimersByTimeAsync(61_000);
  const taking = quotas.take(principal, 1);
  await vi.advanceTimersByTimeAsync(5000);
  await taking;
  const closing = quotas.close();
  await vi.advanceTimersByTimeAsync(5000);
  await closing;
});
