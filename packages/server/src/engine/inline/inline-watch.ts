import { batchMsMax } from './prove-micro.ts';

/** A run this long has made everybody wait; one is enough. Longer than what a busy machine takes a thread away for. */
const veryLongMs = 100;
const strikeWeight = 4;
const strikesMax = 10;

/**
 * Watches a model on the event loop: it goes when a run is very long, or when too many are slow or fail. Each such
 * run counts four, each good one takes one back, and forty are too many: ten in a row, or more than one in five for
 * long. Runs that the machine interrupts now and then do not add up.
 */
export class InlineWatch {
  #weight = 0;

  /** @returns why the model must leave the event loop; null when it may stay */
  note({ elapsedMs, hasFailed }: { readonly elapsedMs: number; readonly hasFailed: boolean }): string | null {
    if (elapsedMs >= veryLongMs) return `a run took ${Math.round(elapsedMs)} ms`;
    const isSlow = elapsedMs > batchMsMax * 2;
    this.#weight = isSlow || hasFailed ? this.#weight + strikeWeight : Math.max(0, this.#weight - 1);
    if (this.#weight < strikeWeight * strikesMax) return null;
    return isSlow ? `its runs often take over ${batchMsMax * 2} ms` : 'its runs often fail';
  }
}
