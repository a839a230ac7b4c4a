import type { Priority } from './engine-types.ts';
import { Lane, type LaneOptions } from './lane.ts';

export interface BatcherOptions<Item> {
  /** Runs one batch; its promise settles when the thread is free again. Deals with errors itself. */
  readonly runBatch: (lane: Lane<Item>, items: readonly Item[]) => Promise<void>;
  /** Asked when an item's turn comes: one that nobody waits for any more is dropped unrun. */
  readonly isWanted?: (item: Item) => boolean;
  /**
   * Puts the dispatch off to the end of this turn of the event loop's queue. `process.nextTick` runs after the
   * promise callbacks of the turn: the callers that a finished batch just answered get to ask again before the
   * freed thread is given away, and a loop of a thousand calls forms full batches. It costs no latency.
   */
  readonly defer?: (dispatch: () => void) => void;
  readonly now?: () => number;
}

/** Somebody who asked so lately may ask again at any time. */
export const liveMs = 250;

/**
 * Groups waiting items into batches for a number of threads. Knows neither threads nor models.
 *
 * Work-conserving: while a thread is free and anything waits, something is dispatched; there is no timer. Batches
 * grow by themselves: what arrives while all threads are busy waits and leaves together.
 *
 * Fair: lanes with high-priority items come first; among those, the lane with the fewest batches running; among
 * those, the one served longest ago. So a lane that holds no thread gets the next free one after at most one batch
 * of each other such lane, however slow or busy the others are.
 *
 * Bulk work, in lanes of its own, comes after all others, and leaves one of several threads to those who ask steadily:
 * it may then be idle while such work waits, for as long as another thread is busy with some.
 *
 * Careful: an item that must run alone has been on a thread that ended, and may end the next one. Such items never
 * hold the last thread that is up, except where there is only one: while they are found out, the others are served.
 */
export class Batcher<Item> {
  readonly #options: Required<BatcherOptions<Item>>;
  readonly #lanes = new Set<Lane<Item>>();
  #capacity = 0;
  #batchesRunning = 0;
  #itemsRunning = 0;
  #aloneRunning = 0;
  #backgroundRunning = 0;
  /** When an item of high priority came last. */
  #askedAt = Number.NEGATIVE_INFINITY;
  /** The most threads that were ever up. */
  #threads = 0;
  #dispatches = 0;
  #isDeferred = false;

  constructor(options: BatcherOptions<Item>) {
    this.#options = {
      isWanted: () => true,
      defer: process.nextTick,
      now: () => performance.now(),
      ...options,
    };
  }

  /** Opens the queue of one model version. */
  addLane(options: LaneOptions): Lane<Item> {
    const lane = new Lane<Item>(options);
    this.#lanes.add(lane);
    return lane;
  }

  /** @returns false when the lane is full */
  add(lane: Lane<Item>, item: Item, priority: Priority): boolean {
    const isAdmitted = lane.add(item, priority);
    if (isAdmitted && priority === 'high') this.#askedAt = this.#options.now();
    if (isAdmitted) this.#deferDispatch();
    return isAdmitted;
  }

  /** Whether somebody has asked lately. */
  isLive(): boolean {
    return this.#options.now() - this.#askedAt < liveMs;
  }

  /** Puts an item back that was on a thread that ended; it runs before others, alone, when that is safe for them. */
  addAlone(lane: Lane<Item>, item: Item): void {
    lane.addAlone(item);
    this.#deferDispatch();
  }

  /** Says how many batches may run at once: the number of threads that are up. */
  setCapacity(batches: number): void {
    this.#capacity = batches;
    this.#threads = Math.max(this.#threads, batches);
    this.#deferDispatch();
  }

  /**
   * How long an item of high priority that comes now is likely to wait: what waits before it at the lane's recent
   * speed, on the lane's share of the threads. 0 until a first batch has been measured.
   */
  estimateWaitMs(lane: Lane<Item>): number {
    let sharers = 1;
    for (const other of this.#lanes) if (other !== lane && other.waitingFirst > 0) sharers += 1;
    return (lane.waitingFirst * lane.itemMs * sharers) / Math.max(1, this.#capacity);
  }

  /** When it is worth trying again after a refusal. */
  retryAfterS(lane: Lane<Item>): number {
    return Math.max(1, Math.ceil(this.estimateWaitMs(lane) / 1000));
  }

  /** What waits, without bulk work, and all that runs. */
  stats() {
    const lanes = [...this.#lanes].filter(({ isBackground }) => !isBackground);
    const queuedByLane = Object.fromEntries(lanes.map((lane) => [lane.name, lane.waiting]));
    const queued = lanes.reduce((sum, lane) => sum + lane.waiting, 0);
    return { queued, queuedByLane, running: this.#itemsRunning, batchesRunning: this.#batchesRunning };
  }

  #deferDispatch(): void {
    if (this.#isDeferred || this.#batchesRunning >= this.#capacity) return;
    this.#isDeferred = true;
    this.#options.defer(() => {
      this.#isDeferred = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#batchesRunning < this.#capacity) {
      const mayRunAlone = this.#threads === 1 || this.#aloneRunning < this.#capacity - 1;
      const lane = this.#nextLane(mayRunAlone);
      if (!lane) return;
      const { isWanted } = this.#options;
      const isAlone = mayRunAlone && lane.hasAlone;
      const items = isAlone ? lane.takeAlone(isWanted) : lane.take(this.#sizeFor(lane), isWanted);
      if (items.length > 0) void this.#run(lane, items, isAlone);
    }
  }

  #nextLane(mayRunAlone: boolean): Lane<Item> | undefined {
    let next: Lane<Item> | undefined;
    const mayRunBackground = this.#mayRunBackground();
    for (const lane of this.#lanes) {
      if (lane.leavable(mayRunAlone) === 0 || (lane.isBackground && !mayRunBackground)) continue;
      if (!next || isBefore(lane, next, mayRunAlone)) next = lane;
    }
    return next;
  }

  /** Where there is one thread only, those who ask wait for one slice of such work at most. */
  #mayRunBackground(): boolean {
    return this.#capacity === 1 || this.#backgroundRunning < this.#capacity - 1 || !this.isLive();
  }

  /**
   * Spreads what waits evenly over the free threads that no other lane wants: two halves on two threads are done
   * sooner than the whole on one.
   */
  #sizeFor(lane: Lane<Item>): number {
    let otherLanes = 0;
    for (const other of this.#lanes)
      if (other !== lane && !other.isBackground && other.leavable(false) > 0) otherLanes += 1;
    const threads = Math.max(1, this.#capacity - this.#batchesRunning - otherLanes);
    return Math.min(lane.batchSizeMax, Math.ceil(lane.leavable(false) / threads));
  }

  async #run(lane: Lane<Item>, items: readonly Item[], isAlone: boolean): Promise<void> {
    const startedAt = performance.now();
    lane.servedAt = ++this.#dispatches;
    lane.batchesRunning += 1;
    this.#batchesRunning += 1;
    this.#itemsRunning += items.length;
    if (isAlone) this.#aloneRunning += 1;
    if (lane.isBackground) this.#backgroundRunning += 1;
    try {
      await this.#options.runBatch(lane, items);
    } finally {
      lane.batchesRunning -= 1;
      this.#batchesRunning -= 1;
      this.#itemsRunning -= items.length;
      if (isAlone) this.#aloneRunning -= 1;
      if (lane.isBackground) this.#backgroundRunning -= 1;
      lane.measure(items.length, performance.now() - startedAt);
      this.#deferDispatch();
    }
  }
}

function isBefore<Item>(a: Lane<Item>, b: Lane<Item>, mayRunAlone: boolean): boolean {
  const isUrgent = a.isUrgent(mayRunAlone);
  if (isUrgent !== b.isUrgent(mayRunAlone)) return isUrgent;
  if (a.batchesRunning !== b.batchesRunning) return a.batchesRunning < b.batchesRunning;
  return a.servedAt < b.servedAt;
}
