import type { Priority } from './engine-types.ts';

export interface LaneOptions {
  /** `penguins@1` */
  readonly name: string;
  readonly batchSizeMax: number;
  readonly queueItemsMax: number;
  /** Bulk work: it comes after everything that somebody waits for. Default false. */
  readonly isBackground?: boolean;
}

/** How much of what was measured before counts still when a batch comes back: some ten batches count in all. */
const memory = 0.9;

/** What waits for one model version, and what the batcher needs to choose between lanes. */
export class Lane<Item> {
  readonly name: string;
  readonly batchSizeMax: number;
  readonly queueItemsMax: number;
  readonly isBackground: boolean;
  /** Batches of this lane on a thread now. */
  batchesRunning = 0;
  /** The number of the dispatch that served this lane last. */
  servedAt = 0;
  // sets keep their order and delete from the middle at no cost: callers leave at any time
  readonly #alone = new Set<Item>();
  readonly #high = new Set<Item>();
  readonly #low = new Set<Item>();
  #measuredItems = 0;
  #measuredMs = 0;

  constructor({ name, batchSizeMax, queueItemsMax, isBackground = false }: LaneOptions) {
    this.name = name;
    this.batchSizeMax = batchSizeMax;
    this.queueItemsMax = queueItemsMax;
    this.isBackground = isBackground;
  }

  get waiting(): number {
    return this.#alone.size + this.#high.size + this.#low.size;
  }

  /** Those that go before low priority. */
  get waitingFirst(): number {
    return this.isBackground ? 0 : this.#alone.size + this.#high.size;
  }

  /** Items that may leave now. @param mayRunAlone - whether that includes those that must run alone */
  leavable(mayRunAlone: boolean): number {
    return this.#high.size + this.#low.size + (mayRunAlone ? this.#alone.size : 0);
  }

  isUrgent(mayRunAlone: boolean): boolean {
    return !this.isBackground && (this.#high.size > 0 || (mayRunAlone && this.#alone.size > 0));
  }

  get hasAlone(): boolean {
    return this.#alone.size > 0;
  }

  /**
   * @returns false when there is no room. Low priority may take half of the queue only, so that bulk work never
   * keeps interactive callers out.
   */
  add(item: Item, priority: Priority): boolean {
    if (this.waiting >= this.queueItemsMax) return false;
    if (priority === 'high') this.#high.add(item);
    else if (this.#low.size < Math.max(1, Math.floor(this.queueItemsMax / 2))) this.#low.add(item);
    else return false;
    return true;
  }

  /** Puts an accepted item back, before all others, to be run in a batch of its own. Never refused. */
  addAlone(item: Item): void {
    this.#alone.add(item);
  }

  /** @returns false when the item was not waiting */
  delete(item: Item): boolean {
    return this.#alone.delete(item) || this.#high.delete(item) || this.#low.delete(item);
  }

  /**
   * Takes the next batch of what need not run alone: high before low, first come, first served.
   *
   * @param isWanted - an item it says no to is thrown away
   * @returns empty when nothing urgent was wanted after all: another lane may come first then
   */
  take(size: number, isWanted: (item: Item) => boolean): Item[] {
    const wasUrgent = this.#high.size > 0;
    const high = takeFrom(this.#high, size, isWanted);
    if (wasUrgent && high.length === 0) return [];
    return high.length === size ? high : high.concat(takeFrom(this.#low, size - high.length, isWanted));
  }

  /** Takes one item that must run alone; empty when none was wanted after all. */
  takeAlone(isWanted: (item: Item) => boolean): Item[] {
    return takeFrom(this.#alone, 1, isWanted);
  }

  /** Learns from a batch that came back. */
  measure(items: number, elapsedMs: number): void {
    this.#measuredItems = this.#measuredItems * memory + items;
    this.#measuredMs = this.#measuredMs * memory + elapsedMs;
  }

  /**
   * Milliseconds of one thread that an item took of late; 0 before the first. Over all items of the last batches, so that
   * a small one which the machine held up says little.
   */
  get itemMs(): number {
    return this.#measuredItems === 0 ? 0 : this.#measuredMs / this.#measuredItems;
  }
}

function takeFrom<Item>(queue: Set<Item>, size: number, isWanted: (item: Item) => boolean): Item[] {
  const taken: Item[] = [];
  for (const item of queue) {
    if (taken.length === size) break;
    queue.delete(item);
    if (isWanted(item)) taken.push(item);
  }
  return taken;
}
