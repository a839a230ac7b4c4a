/** How long a slice should take of a thread: long enough that handing it over costs little beside it. */
const sliceMs = 5;
/** The same while others ask steadily: so long they may have to wait. */
const sliceMsBesideLive = 1.5;
/** More would take the event loop too long to pack and unpack at once. */
const inputsMax = 2048;
/** How much of what was measured before counts still when a slice comes back. */
const memory = 0.8;
const growthMax = 4;

/** How many inputs of a model version go to a thread at a time: learned from how long they take. */
export class SliceSize {
  readonly #batchSizeMax: number;
  #itemMs = 0;
  #last = 0;

  constructor(batchSizeMax: number) {
    this.#batchSizeMax = batchSizeMax;
  }

  /** Whole batches, and at least one. @param isLive - whether others ask steadily */
  next(isLive: boolean): number {
    const batch = this.#batchSizeMax;
    const wanted = this.#itemMs === 0 ? 0 : (isLive ? sliceMsBesideLive : sliceMs) / this.#itemMs;
    const bounded = Math.min(wanted, inputsMax, growthMax * this.#last);
    this.#last = Math.max(batch, Math.floor(bounded / batch) * batch);
    return this.#last;
  }

  /** Learns from a slice that came back. */
  measure(inputs: number, computeMs: number): void {
    const itemMs = computeMs / inputs;
    this.#itemMs = this.#itemMs === 0 ? itemMs : memory * this.#itemMs + (1 - memory) * itemMs;
  }
}
