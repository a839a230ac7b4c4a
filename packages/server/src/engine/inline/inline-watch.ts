import { batchMsMax } from './prove-micro.ts';

/** A run that computes for this long has made everybody wait; one is enough. Longer than a collection of garbage. */
const veryLongMs = 250;
const slowMs = 2 * batchMsMax;
const strikeWeight = 4;
const strikesMax = 10;
/** Reading the thread's own time costs half a microsecond: it is read this often, and not for every run. */
const readingMs = 50;

/** What is wrong with a model on the event loop; `slow` may be cured by smaller batches. */
export interface Complaint {
  readonly isSlow: boolean;
  readonly reason: string;
}

/**
 * Watches a model on the event loop: it complains of a run that is very long, and of too many that are slow or fail. Each such
 * run counts four, each good one takes one back, and forty are too many: ten in a row, or more than one in five for
 * long. Runs that the machine interrupts now and then do not add up, and a run during which the machine did something
 * else altogether is not very long: what counts there is the time that this thread computed.
 */
export class InlineWatch {
  readonly #threadMs: () => number;
  #weight = 0;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading = 0;

  constructor(threadMs = readThreadMs) {
    this.#threadMs = threadMs;
  }

  /** Before each run. */
  begin(now: number): void {
    if (now - this.#readAt < readingMs) return;
    this.#readAt = now;
    this.#reading = this.#threadMs();
  }

  /** After each run. @returns null when all is well */
  end({
    elapsedMs,
    hasFailed,
  }: {
    readonly elapsedMs: number;
    readonly hasFailed: boolean;
  }): Complaint | null {
    if (elapsedMs >= veryLongMs && this.#threadMs() - this.#reading >= veryLongMs)
      return { isSlow: false, reason: `a run took ${Math.round(elapsedMs)} ms` };
    // a failed run says nothing of speed: its items ran a second time, each alone
    const isSlow = !hasFailed && elapsedMs > slowMs;
    this.#weight = isSlow || hasFailed ? this.#weight + strikeWeight : Math.max(0, this.#weight - 1);
    if (this.#weight < strikeWeight * strikesMax) return null;
    this.#weight = 0;
    return { isSlow, reason: isSlow ? `its runs often take over ${slowMs} ms` : 'its runs often fail' };
  }
}

/** What this thread has computed so far. */
function readThreadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
