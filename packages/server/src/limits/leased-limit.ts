import { LRUCache } from 'lru-cache';
import { RateLimiterRes } from 'rate-limiter-flexible';
import { answerWithin } from './answer-within.ts';
import type { CreateLimiter, Limiter } from './stores.ts';

/** How a caller stands to its limit, as the `RateLimit` headers say it. */
export interface Standing {
  readonly isRefused: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Until the limit starts anew. */
  readonly resetS: number;
}

interface Options {
  /** Sets this limit's keys apart from those of others in the same store. */
  readonly name: string;
  /** Most requests of one key within a window. */
  readonly limit: number;
  readonly windowS: number;
  readonly createLimiter: CreateLimiter;
  /** Whether others lease from the same store. Else one lease is the whole limit. */
  readonly isShared: boolean;
  /** Stands in while the store is down, so that requests go on. */
  readonly createSpare: CreateLimiter;
  readonly onStoreFailure: (error: unknown) => void;
}

/** What this process may still let in of one key without asking the store. */
interface Lease {
  available: number;
  /** What the store had left when it was last asked. */
  inStore: number;
  endsAtMs: number;
  /** How much to lease next. */
  slice: number;
  isUsedUp: boolean;
  refilling: Promise<void> | undefined;
}

/** Far more than the callers of a minute; one that falls out loses what it had leased, and never gains. */
const leasesMax = 50_000;
const firstSlice = 4;
/** What one lease takes of what is left: the nearer the end, the smaller, so that little is lost in idle leases. */
const partOfLeft = 1 / 8;
/** A caller waits no longer for the store: the spare takes over. */
const storeMsMax = 1000;
/** A store that failed is left alone for this long. */
const storePauseMs = 1000;

export type LeasedLimit = ReturnType<typeof createLeasedLimit>;

/**
 * A limit that is one over all processes, without a query for each request: each process leases slices of it from the
 * store and counts those down in memory. The store counts what is leased, so never more than the limit is let in; what
 * lies in leases of processes that are no longer asked is lost until the window ends. Slices start small and double, so
 * that one request costs little of the limit, and a busy caller costs a handful of queries in a window; the next slice
 * is leased before the last one is used up.
 */
export function createLeasedLimit(options: Options) {
  const { name, limit, windowS, isShared, onStoreFailure } = options;
  const settings = { keyPrefix: name, points: limit, duration: windowS };
  const store = options.createLimiter(settings);
  const spare = options.createSpare(settings);
  const leases = new LRUCache<string, Lease>({ max: leasesMax });
  let pausedUntilMs = 0;

  return { take };

  /** Counts `points` requests. A promise only when the store has to be asked: the hot path stays synchronous. */
  function take(key: string, points = 1): Standing | Promise<Standing> {
    const lease = leaseOf(key);
    if (lease.available >= points) return letIn(key, lease, points);
    if (lease.isUsedUp || points > limit) return standing(lease, true);
    return refill(key, lease, points).then(() => take(key, points));
  }

  function leaseOf(key: string): Lease {
    const found = leases.get(key);
    if (found && Date.now() < found.endsAtMs) return found;
    // what is over is not to be used any more; those who wait for it are answered from the new window
    if (found?.refilling) {
      found.available = 0;
      return found;
    }
    const slice = isShared ? Math.min(firstSlice, partOf(limit)) : limit;
    const fresh: Lease = {
      available: 0,
      inStore: limit,
      endsAtMs: Date.now() + windowS * 1000,
      slice,
      isUsedUp: false,
      refilling: undefined,
    };
    leases.set(key, fresh);
    return fresh;
  }

  function letIn(key: string, lease: Lease, points: number): Standing {
    lease.available -= points;
    if (isShared && !lease.isUsedUp && !lease.refilling && lease.available < lease.slice / 2)
      void refill(key, lease, 1);
    return standing(lease, false);
  }

  function standing(lease: Lease, isRefused: boolean): Standing {
    return {
      isRefused,
      limit,
      remaining: Math.max(0, lease.available + lease.inStore),
      resetS: Math.max(1, Math.ceil((lease.endsAtMs - Date.now()) / 1000)),
    };
  }

  function refill(key: string, lease: Lease, points: number): Promise<void> {
    lease.refilling ??= lend(key, lease, Math.max(points - lease.available, lease.slice)).finally(() => {
      lease.refilling = undefined;
    });
    return lease.refilling;
  }

  async function lend(key: string, lease: Lease, wanted: number): Promise<void> {
    const askedAtMs = Date.now();
    const answer = await consume(key, wanted);
    // the rest of a slice that is too large is leased all the same
    const granted = Math.max(0, Math.min(wanted, wanted - (answer.consumedPoints - limit)));
    const endsAtMs = askedAtMs + Math.max(1, answer.msBeforeNext);
    const isOther = lease.endsAtMs <= askedAtMs || answer.consumedPoints === wanted;
    lease.available = isOther ? granted : lease.available + granted;
    lease.endsAtMs = endsAtMs;
    lease.inStore = Math.max(0, limit - answer.consumedPoints);
    lease.isUsedUp = lease.inStore === 0;
    lease.slice = isShared ? Math.min(lease.slice * 2, partOf(lease.inStore)) : limit;
  }

  async function consume(key: string, points: number): Promise<RateLimiterRes> {
    if (Date.now() < pausedUntilMs) return consumeFrom(spare, key, points);
    try {
      return await answerWithin(storeMsMax, consumeFrom(store, key, points));
    } catch (error) {
      pausedUntilMs = Date.now() + storePauseMs;
      onStoreFailure(error);
      return consumeFrom(spare, key, points);
    }
  }
}

/** Its limiters reject with what they would resolve with when there is too little left. */
async function consumeFrom(limiter: Limiter, key: string, points: number): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key, points);
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return refusal;
    throw refusal;
  }
}

function partOf(left: number): number {
  return Math.max(1, Math.ceil(left * partOfLeft));
}
