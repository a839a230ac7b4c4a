import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { keyPrincipal } from '../auth/principal.ts';
import type { QuotaRepository, Usage } from './quota-repository.ts';
import { createQuotas } from './quotas.ts';

// a quota is that of a day
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-05T12:00:00Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

const key = { id: 'abcdefgh', name: 'a key', scopes: ['predict'], models: null, requestsPerDayMax: null };
const principal = keyPrincipal(
  { id: 'u1', name: 'Ada', role: 'member' },
  { ...key, computeMsPerDayMax: 1000 },
);

type Store = Pick<QuotaRepository, 'find' | 'add'>;

/** What the database keeps, for all processes. */
function createStore(): Store & { readonly usages: Map<string, Usage> } {
  const usages = new Map<string, Usage>();
  return {
    usages,
    find: async (keyId) => usages.get(keyId) ?? null,
    async add(_day, used) {
      return used.map(({ keyId, requests, computeMs }) => {
        const before = usages.get(keyId) ?? { requests: 0, computeMs: 0 };
        const sum = { keyId, requests: before.requests + requests, computeMs: before.computeMs + computeMs };
        usages.set(keyId, sum);
        return sum;
      });
    },
  };
}

/** A process; it writes when it is told to. */
function createProcess(repository: Store) {
  const quotas = createQuotas({ repository, logger: { warn: () => undefined }, flushEveryMs: 2 ** 30 });
  onTestFinished(quotas.close);
  return quotas;
}

test('what a job takes counts also where its key has called another process', async () => {
  const store = createStore();
  const [asked, working] = [createProcess(store), createProcess(store)];
  await asked.take(principal, 1);
  working.addJobCompute(principal.id, 600);
  working.addJobCompute(principal.id, 500);
  working.addJobCompute('user:u1', 500);
  await working.close();
  expect(store.usages.get(key.id)?.computeMs).toBe(1100);
  await asked.flush();
  expect(() => asked.take(principal, 1)).toThrow('1000 ms of computing');
});

test('what a stream takes counts for as long as it goes on, however few its rows are', async () => {
  const store = createStore();
  const quotas = createProcess(store);
  await quotas.take(principal, 1);
  for (let i = 0; i < 4; i++) {
    vi.advanceTimersByTime(40_000);
    quotas.addCompute(principal.id, 10);
    await quotas.flush();
  }
  expect(store.usages.get(key.id)?.computeMs).toBe(40);
});
