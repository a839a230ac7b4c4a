export interface HasDeadline {
  /** On the clock of `performance.now()`. */
  readonly deadlineAt: number;
}

/** Node's timers overflow at 2^31 ms; a wake-up too many is cheap. */
const sleepMsMax = 60_000;

/**
 * Watches many deadlines with one timer: it sleeps until the earliest deadline known when it was set, then looks at
 * all that are still open. Most are met, so adding and removing one costs a set operation and no timer.
 */
export class DeadlineTimer<Item extends HasDeadline> {
  readonly #open = new Set<Item>();
  readonly #onDue: (item: Item) => void;
  #timer: NodeJS.Timeout | undefined;
  #wakeAt = Number.POSITIVE_INFINITY;

  /** @param onDue - called once for each item still there at its deadline, after it has been removed */
  constructor(onDue: (item: Item) => void) {
    this.#onDue = onDue;
  }

  add(item: Item): void {
    this.#open.add(item);
    if (item.deadlineAt < this.#wakeAt) this.#sleepUntil(item.deadlineAt);
  }

  delete(item: Item): void {
    this.#open.delete(item);
  }

  items(): Iterable<Item> {
    return this.#open;
  }

  get size(): number {
    return this.#open.size;
  }

  #sleepUntil(at: number): void {
    clearTimeout(this.#timer);
    this.#wakeAt = at;
    // rounded up: Node rounds down, and waking before the deadline would mean waking twice
    const sleepMs = Math.ceil(Math.min(Math.max(at - performance.now(), 0), sleepMsMax));
    this.#timer = setTimeout(() => this.#look(), sleepMs).unref();
  }

  #look(): void {
    this.#wakeAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const item of this.#open) {
      if (item.deadlineAt <= now) {
        this.#open.delete(item);
        this.#onDue(item);
      } else if (item.deadlineAt < next) next = item.deadlineAt;
    }
    if (next < this.#wakeAt) this.#sleepUntil(next);
  }
}
