import type { AnyContract, ErrorCode } from '@oriel/schemas';
import { createEngine } from '../../../src/engine/engine.ts';
import type { BatchFacts, EngineOptions, ThreadExitReason } from '../../../src/engine/engine-types.ts';
import * as goodModels from '../../support/models/registry.ts';

const folder = new URL('../../support/models/', import.meta.url);

/** What the observer and the logger were told. */
export interface Told {
  readonly batches: BatchFacts[];
  readonly exits: ThreadExitReason[];
  readonly refusals: ErrorCode[];
  readonly logs: { readonly level: string; readonly message: string; readonly fields: object }[];
}

type Overrides = Partial<EngineOptions> & { readonly registryFile?: string };

/** A started engine on the test models and real threads, closed at the end of its scope. Without a cache. */
export async function startTestEngine({ registryFile = 'registry.ts', ...overrides }: Overrides = {}) {
  const { engine, told, nextExit } = createTestEngine({ registryFile, ...overrides });
  await engine.start();
  return {
    ...engine,
    engine,
    told,
    nextExit,
    async [Symbol.asyncDispose]() {
      await engine.close();
    },
  };
}

/** The same, not started. */
export function createTestEngine({ registryFile = 'registry.ts', ...overrides }: Overrides = {}) {
  const told: Told = { batches: [], exits: [], refusals: [], logs: [] };
  let exitWaiters: (() => void)[] = [];
  const log = (level: string) => (fields: object, message: string) =>
    void told.logs.push({ level, message, fields });
  const engine = createEngine({
    models: goodModels as Readonly<Record<string, AnyContract>>,
    registry: new URL(registryFile, folder),
    modelsFolder: folder,
    threads: 2,
    queueItemsMax: 1000,
    queueMsMax: 60_000,
    deadlineMs: 20_000,
    cacheEntriesMax: 0,
    threadHeapMb: 64,
    stuckMs: 10_000,
    logger: { info: log('info'), warn: log('warn'), error: log('error') },
    observer: {
      onBatch: (batch) => told.batches.push(batch),
      onRefused: ({ code }) => told.refusals.push(code),
      onThreadExit({ reason }) {
        told.exits.push(reason);
        for (const wake of exitWaiters) wake();
        exitWaiters = [];
      },
    },
    ...overrides,
  });
  const nextExit = () => new Promise<void>((resolve) => exitWaiters.push(resolve));
  return { engine, told, nextExit };
}

/** The error a promise rejects with; fails when it does not. */
export async function refusalOf(
  promise: Promise<unknown>,
): Promise<Error & { code?: string; cause?: unknown }> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: Error & { code?: string }) => ({ error }),
  );
  if ('error' in outcome) return outcome.error;
  throw new Error(`expected a refusal, got ${JSON.stringify(outcome.value)}`);
}

/** `ok` or the code, of many at once. */
export async function outcomesOf(promises: readonly Promise<unknown>[]): Promise<string[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((each) =>
    each.status === 'fulfilled' ? 'ok' : String((each.reason as { code?: string }).code),
  );
}
