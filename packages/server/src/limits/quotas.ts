import type { KeyPrincipal, Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { answerWithin } from './answer-within.ts';
import type { QuotaRepository, Usage } from './quota-repository.ts';

interface Options {
  readonly repository: Pick<QuotaRepository, 'find' | 'add'>;
  readonly logger: { warn(details: object, message: string): void };
  readonly onStoreFailure?: () => void;
  /** How long what was used waits to be written with others, in milliseconds. */
  readonly flushEveryMs?: number;
}

/** What a key has used today: as far as the database said, and what it has not been told. */
interface Tally {
  readonly day: string;
  stored: { readonly requests: number; readonly computeMs: number };
  requests: number;
  computeMs: number;
  usedAtMs: number;
}

const dayMs = 86_400_000;
/** A key that was not used for so long is read from the database again. */
const idleMsMax = 60_000;
/** A write that takes longer goes on, but nobody waits for it: neither a request after midnight nor a server that stops. */
const writeMsMax = 2000;
const nothing = { requests: 0, computeMs: 0 };

export type Quotas = ReturnType<typeof createQuotas>;

/**
 * How much a key may do in a day (UTC), over all processes: each counts in memory, adds its part to the database every
 * second, and reads the sum with it. What several processes let in within that second may exceed the quota; it counts.
 */
export function createQuotas({ repository, logger, onStoreFailure, flushEveryMs = 1000 }: Options) {
  const tallies = new Map<string, Tally>();
  const loading = new Map<string, Promise<Tally>>();
  let isFailing = false;
  let writing: Promise<void> | undefined;
  const timer = setInterval(() => void flush(), flushEveryMs);
  timer.unref();

  return {
    take,
    addCompute,
    addJobCompute,
    /** Writes what was used since the last time, and learns what others used. */
    flush,
    async close(): Promise<void> {
      clearInterval(timer);
      await Promise.all(loading.values());
      await inTime(writing);
      await inTime(flush());
    },
  };

  /**
   * Counts requests of a key. A promise only when this process has not seen the key lately.
   *
   * @throws AppError QUOTA_EXCEEDED
   */
  function take(principal: Principal, count: number): undefined | Promise<void> {
    if (!hasQuota(principal)) return undefined;
    const tally = tallies.get(principal.keyId);
    if (tally?.day !== today())
      return load(principal.keyId).then((loaded) => countIn(principal, loaded, count));
    countIn(principal, tally, count);
    return undefined;
  }

  /** Counts what a prediction took of a thread's time. */
  function addCompute(principalId: string, computeMs: number): void {
    const tally = tallies.get(principalId.slice('key:'.length));
    if (!tally || !principalId.startsWith('key:')) return;
    tally.computeMs += computeMs;
    // a stream may go on for long, and count as a request seldom
    tally.usedAtMs = Date.now();
  }

  /** The same of a job: its key may have called another process, and long ago. */
  function addJobCompute(principalId: string, computeMs: number): void {
    if (!principalId.startsWith('key:')) return;
    const keyId = principalId.slice('key:'.length);
    if (tallies.get(keyId)?.day === today()) addCompute(principalId, computeMs);
    // never fails: what cannot be read counts as nothing
    else void load(keyId).then(() => addCompute(principalId, computeMs));
  }

  function flush(): Promise<void> {
    writing ??= write().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  function load(keyId: string): Promise<Tally> {
    const found = loading.get(keyId) ?? read(keyId).finally(() => loading.delete(keyId));
    loading.set(keyId, found);
    return found;
  }

  async function read(keyId: string): Promise<Tally> {
    const old = tallies.get(keyId);
    // what it used before midnight is still to be written
    if (old) await inTime(flush());
    const day = today();
    const stored = await repository.find(keyId, day).catch(failed);
    const tally = { day, stored: stored ?? nothing, requests: 0, computeMs: 0, usedAtMs: Date.now() };
    tallies.set(keyId, tally);
    return tally;
  }

  async function write(): Promise<void> {
    const byDay = Map.groupBy(tallies, ([, { day }]) => day);
    for (const [day, entries] of byDay) await writeDay(day, entries);
    for (const [keyId, tally] of tallies) {
      const isWritten = tally.requests === 0 && tally.computeMs === 0;
      if (isWritten && Date.now() - tally.usedAtMs > idleMsMax) tallies.delete(keyId);
    }
  }

  async function writeDay(day: string, entries: readonly (readonly [string, Tally])[]): Promise<void> {
    const used = entries.filter(([, { requests, computeMs }]) => requests > 0 || computeMs > 0);
    if (used.length === 0) return;
    const parts = used.map(([keyId, { requests, computeMs }]) => ({ keyId, requests, computeMs }));
    const sums = await repository.add(day, parts).catch(failed);
    // what could not be written is kept, and counted here
    if (!sums) return;
    isFailing = false;
    const sumOf = new Map(sums.map((sum) => [sum.keyId, sum]));
    for (const [index, [keyId, tally]] of used.entries()) {
      // one part for each
      const part = parts[index] as Usage;
      tally.requests -= part.requests;
      tally.computeMs -= part.computeMs;
      tally.stored = sumOf.get(keyId) ?? tally.stored;
    }
  }

  async function inTime(work: Promise<void> | undefined): Promise<void> {
    await answerWithin(writeMsMax, Promise.resolve(work)).catch(failed);
  }

  /** Requests go on without the database; it is told what they used once it is back. */
  function failed(err: unknown): null {
    onStoreFailure?.();
    if (!isFailing) logger.warn({ err }, 'quotas cannot be read and written; trying again');
    isFailing = true;
    return null;
  }
}

function countIn(principal: KeyPrincipal, tally: Tally, count: number): void {
  const requests = tally.stored.requests + tally.requests;
  const computeMs = tally.stored.computeMs + tally.computeMs;
  tally.usedAtMs = Date.now();
  const { requestsPerDayMax, computeMsPerDayMax } = principal;
  if (requestsPerDayMax !== null && requests + count > requestsPerDayMax)
    throw exceeded(`${requestsPerDayMax} requests`);
  if (computeMsPerDayMax !== null && computeMs >= computeMsPerDayMax)
    throw exceeded(`${computeMsPerDayMax} ms of computing`);
  tally.requests += count;
}

function exceeded(quota: string): AppError {
  const retryAfterS = Math.ceil((dayMs - (Date.now() % dayMs)) / 1000);
  const message = `The API key has used up its quota of ${quota} a day. It starts anew at midnight UTC.`;
  return new AppError('QUOTA_EXCEEDED', message, { retryAfterS });
}

function hasQuota(principal: Principal): principal is KeyPrincipal {
  if (principal.kind !== 'key') return false;
  return principal.requestsPerDayMax !== null || principal.computeMsPerDayMax !== null;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
