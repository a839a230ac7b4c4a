import { batchMsMax } from './prove-micro.ts';

/** A run that computes for this long has made everybody wait; one is enough. Longer than a collection of garbage. */
const veryLongMs = 250;
const slowMs = 2 * batchMsMax;
const strikeWeight = 4;
const strikesMax = 10;

/**
 * Watches a model on the event loop: it goes when a run is very long, or when too many are slow or fail. Each such
 * run counts four, each good one takes one back, and forty are too many: ten in a row, or more than one in five for
 * long.
 *
 * What counts is the time that this thread computed, not the time on the clock: on a busy machine a quick run is often
 * interrupted, and it would be no quicker on a worker thread. Reading that time takes half a microsecond.
 */
export class InlineWatch {
  readonly #threadMs: () => number;
  #weight = 0;
  #begunAt = 0;

  constructor(threadMs = readThreadMs) {
    this.#threadMs = threadMs;
  }

  /** Before each run. */
  begin(): void {
    this.#begunAt = this.#threadMs();
  }

  /**
   * After each run.
   *
   * @param elapsedMs - on the clock: what is quick there need not be looked at closer
   * @returns why the model must leave the event loop; null when it may stay
   */
  end({ elapsedMs, hasFailed }: { readonly elapsedMs: number; readonly hasFailed: boolean }): string | null {
    const computedMs = elapsedMs > slowMs ? this.#threadMs() - this.#begunAt : elapsedMs;
    if (computedMs >= veryLongMs) return `a run took ${Math.round(computedMs)} ms`;
    const isSlow = computedMs > slowMs;
    this.#weight = isSlow || hasFailed ? this.#weight + strikeWeight : Math.max(0, this.#weight - 1);
    if (this.#weight < strikeWeight * strikesMax) return null;
    return isSlow ? `its runs often take over ${slowMs} ms` : 'its runs often fail';
  }
}

/** What this thread has computed so far. */
function readThreadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
