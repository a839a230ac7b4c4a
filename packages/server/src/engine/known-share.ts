/** How much the newest input counts: the last hundred count in all. */
const weight = 0.02;
const worthwhile = 0.02;

/** How many of the inputs that came of late needed no run of their own: the cache knew their output, or one like them was under way. */
export class KnownShare {
  #share = 0;

  note(isKnown: boolean): void {
    this.#share += weight * ((isKnown ? 1 : 0) - this.#share);
  }

  /** Whether the next input may well be such a one. */
  get isWorthLooking(): boolean {
    return this.#share >= worthwhile;
  }
}
