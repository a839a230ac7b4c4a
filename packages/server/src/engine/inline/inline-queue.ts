interface InlineQueueOptions<Item> {
  /** Most items that run in one turn. */
  readonly batchSizeMax: number;
  /** Most items that wait; what comes then is for the threads. */
  readonly itemsMax: number;
  readonly runBatch: (items: readonly Item[]) => void;
  /**
   * Puts a run off to the end of this turn of the event loop. `setImmediate` comes right after the sockets that could
   * be read were read: it costs one caller nothing, and the requests of many run together. What one sets off while it
   * runs comes a turn later, so that everything else gets its turn between two batches.
   */
  readonly defer?: (run: () => void) => void;
}

/** Collects the items of one turn of the event loop and runs them together, in order of arrival. */
export class InlineQueue<Item> {
  /** Most items that run in one turn; may be made smaller. */
  batchSizeMax: number;
  readonly #options: Required<InlineQueueOptions<Item>>;
  #items: Item[] = [];

  constructor(options: InlineQueueOptions<Item>) {
    this.#options = { defer: setImmediate, ...options };
    this.batchSizeMax = options.batchSizeMax;
  }

  /** @returns false when it is full */
  add(item: Item): boolean {
    if (this.#items.length >= this.#options.itemsMax) return false;
    this.#items.push(item);
    if (this.#items.length === 1) this.#deferRun();
    return true;
  }

  get waiting(): number {
    return this.#items.length;
  }

  #deferRun(): void {
    this.#options.defer(() => this.#run());
  }

  #run(): void {
    const batch = this.#items;
    this.#items = batch.splice(this.batchSizeMax);
    if (this.#items.length > 0) this.#deferRun();
    this.#options.runBatch(batch);
  }
}
