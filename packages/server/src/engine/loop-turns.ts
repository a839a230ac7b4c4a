/** Gives out the turns of the event loop, one for each who asks, in order: between two of them everything else runs. */
export class LoopTurns {
  readonly #waiting: (() => void)[] = [];

  /** Resolves when it is the caller's turn. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) setImmediate(() => this.#give());
    });
  }

  #give(): void {
    // the one whose turn it was stays in the list until the next turn, so that whoever asks meanwhile waits for it
    this.#waiting[0]?.();
    setImmediate(() => {
      this.#waiting.shift();
      if (this.#waiting.length > 0) this.#give();
    });
  }
}
