/** A seeded source of random numbers: the same seed gives the same sequence on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** A whole number in [0, limit). */
  integer(limit: number): number;
  /** Standard normal. */
  normal(): number;
  /** A new list with the same elements in random order. */
  shuffled<T>(items: readonly T[]): T[];
}

/**
 * Mulberry32: 32 bits of state, good enough for splitting, initialising and augmenting; never for secrets.
 *
 * @param seed - any whole number; its lowest 32 bits count
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const integer = (limit: number) => Math.floor(next() * limit);

  return {
    next,
    integer,
    between: (low, high) => low + next() * (high - low),
    // Box-Muller; 1 - next() is never 0, so the logarithm is finite
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffled<T>(items: readonly T[]): T[] {
      const list = [...items];
      for (let last = list.length - 1; last > 0; last--) {
        const other = integer(last + 1);
        // both indices lie inside the list
        [list[last], list[other]] = [list[other] as T, list[last] as T];
      }
      return list;
    },
  };
}
