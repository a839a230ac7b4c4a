import { LRUCache } from 'lru-cache';

interface Options {
  /** How long a found value answers, from the moment its look-up began, in milliseconds. */
  readonly lifeMs?: number;
  /** How long it answers that there is none. */
  readonly missLifeMs?: number;
  readonly entriesMax?: number;
  readonly now?: () => number;
}

interface Kept<V> {
  readonly value: V | null;
  readonly startedAt: number;
}

interface Flight<V> {
  readonly promise: Promise<V | null>;
  readonly startedAt: number;
}

export interface LookupCache<V> {
  /**
   * What `load` finds for `key`; a promise only when it has to be asked.
   *
   * @throws what `load` throws; that is not kept
   */
  get(key: string, load: () => Promise<V | null>): V | null | Promise<V | null>;
  /** Forgets everything, also what is being looked up: for changes made by this process, which then hold at once. */
  clear(): void;
  size(): number;
}

/**
 * Keeps what look-ups found for less than a second, so that a change in the database holds everywhere within a second
 * with no message between processes. A life counts from when its look-up began: the database may have read at once and
 * answered late.
 *
 * Equal look-ups share one. A value in use is looked up again when half of its life is over, while it still answers:
 * a caller in a steady stream never waits, and is answered without a promise.
 */
export function createLookupCache<V>({
  lifeMs = 750,
  missLifeMs = 250,
  entriesMax = 10_000,
  now = () => performance.now(),
}: Options = {}): LookupCache<V> {
  const kept = new LRUCache<string, Kept<V>>({ max: entriesMax });
  const flights = new Map<string, Flight<V>>();

  return {
    get,
    clear() {
      kept.clear();
      flights.clear();
    },
    size: () => kept.size,
  };

  function get(key: string, load: () => Promise<V | null>): V | null | Promise<V | null> {
    const found = kept.get(key);
    const age = found ? now() - found.startedAt : Number.POSITIVE_INFINITY;
    if (!found || age >= (found.value ? lifeMs : missLifeMs)) return lookUp(key, load);
    if (found.value && age >= lifeMs / 2 && !flights.has(key)) {
      // a failure is told to whoever has to wait for an answer, once this one has ended
      lookUp(key, load).catch(() => undefined);
    }
    return found.value;
  }

  function lookUp(key: string, load: () => Promise<V | null>): Promise<V | null> {
    const running = flights.get(key);
    // one that hangs may have read before a change: it is not shared for longer than its answer would live
    if (running && now() - running.startedAt < lifeMs) return running.promise;

    const startedAt = now();
    const flight: Flight<V> = {
      startedAt,
      promise: load().then(
        (value) => {
          // another has taken its place, or everything was forgotten: its answer may be old
          if (flights.get(key) === flight) {
            flights.delete(key);
            kept.set(key, { value, startedAt });
          }
          return value;
        },
        (error: unknown) => {
          if (flights.get(key) === flight) flights.delete(key);
          throw error;
        },
      ),
    };
    flights.set(key, flight);
    return flight.promise;
  }
}
