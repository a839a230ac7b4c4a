import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Batcher } from './batcher.ts';
import type { Priority } from './engine-types.ts';
import type { Lane } from './lane.ts';

interface Item {
  readonly id: number;
  readonly lane: Lane<Item>;
  readonly priority: Priority;
  hasLeft: boolean;
  isAlone: boolean;
  runs: number;
}

interface Batch {
  readonly lane: Lane<Item>;
  readonly items: readonly Item[];
  readonly finish: () => void;
}

const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('add'),
      lane: fc.nat(2),
      isLow: fc.boolean(),
      count: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave'), pick: fc.nat(), isSeenLate: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('finish'), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash'), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('capacity'), threads: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass'), ms: fc.nat(400) }) },
);
const laneSizes = fc.array(
  fc.record({
    batchSizeMax: fc.integer({ min: 1, max: 5 }),
    queueItemsMax: fc.integer({ min: 1, max: 7 }),
    isBackground: fc.boolean(),
  }),
  {
    minLength: 1,
    maxLength: 3,
  },
);

/** A batcher whose threads, callers and clock are played by the test; checks every promise at every step. */
class Simulation {
  readonly lanes: Lane<Item>[];
  readonly accepted: Item[] = [];
  readonly running: Batch[] = [];
  capacity = 0;
  threads = 0;
  #deferred: (() => void)[] = [];
  #failure: unknown;
  #now = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** When something came, ended or changed last: the batcher has no timer, and decides then. */
  #decidedAt = 0;
  readonly #started: Item[] = [];
  readonly #batcher = new Batcher<Item>({
    runBatch: (lane, items) => this.#run(lane, items),
    isWanted: (item) => !item.hasLeft,
    defer: (dispatch) => void this.#deferred.push(dispatch),
    now: () => this.#now,
  });

  constructor(sizes: readonly { batchSizeMax: number; queueItemsMax: number; isBackground: boolean }[]) {
    this.lanes = sizes.map((size, index) => this.#batcher.addLane({ name: `lane ${index}`, ...size }));
  }

  add(laneIndex: number, wanted: Priority): void {
    const lane = this.lanes[laneIndex % this.lanes.length] as Lane<Item>;
    const priority = lane.isBackground ? 'low' : wanted;
    const item = { id: this.accepted.length, lane, priority, hasLeft: false, isAlone: false, runs: 0 };
    const before = lane.waiting;
    const isAdmitted = this.#batcher.add(lane, item, priority);
    if (isAdmitted) this.accepted.push(item);
    if (isAdmitted) this.#decidedAt = this.#now;
    if (isAdmitted && priority === 'high') this.#askedAt = this.#now;
    if (priority === 'high')
      expect(isAdmitted, 'high priority is refused only by a full queue').toBe(before < lane.queueItemsMax);
    if (isAdmitted) expect(before, 'nothing is added to a full queue').toBeLessThan(lane.queueItemsMax);
  }

  /** @param isSeenLate - it is still in the queue when its turn comes, as with a deadline the timer has not seen */
  leave(pick: number, isSeenLate: boolean): void {
    const open = this.accepted.filter(({ hasLeft, runs }) => !hasLeft && runs === 0);
    const item = open[pick % open.length];
    if (!item) return;
    item.hasLeft = true;
    if (!isSeenLate) item.lane.delete(item);
  }

  finish(pick: number): void {
    this.#take(pick)?.finish();
  }

  crash(pick: number): void {
    const batch = this.#take(pick);
    for (const item of batch?.items ?? []) {
      if (item.isAlone || item.hasLeft) continue;
      item.isAlone = true;
      this.#batcher.addAlone(item.lane, item);
    }
    batch?.finish();
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  setCapacity(threads: number): void {
    this.capacity = threads;
    this.threads = Math.max(this.threads, threads);
    this.#decidedAt = this.#now;
    this.#batcher.setCapacity(threads);
  }

  /** Ends a turn of the event loop. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    for (const dispatch of this.#deferred.splice(0)) dispatch();
    if (this.#failure) throw this.#failure;
    const mayRunAlone = this.#mayRunAlone();
    const lanes = this.lanes.filter(
      ({ isBackground }) => !isBackground || this.#mayRunBackground(this.#decidedAt),
    );
    const waiting = lanes.reduce((sum, lane) => sum + lane.leavable(mayRunAlone), 0);
    expect(
      waiting === 0 || this.running.length >= this.capacity,
      'no thread is idle while something waits',
    ).toBe(true);
  }

  /** Items that may end their thread leave one to the others, where there are several. */
  #mayRunAlone(): boolean {
    const running = this.running.filter(({ items }) => items.some(({ isAlone }) => isAlone)).length;
    return this.threads === 1 || running < this.capacity - 1;
  }

  /** Bulk work leaves one of several threads to those who asked lately. */
  #mayRunBackground(at = this.#now): boolean {
    const running = this.running.filter(({ lane }) => lane.isBackground).length;
    return this.capacity === 1 || running < this.capacity - 1 || at - this.#askedAt >= 250;
  }

  #take(pick: number): Batch | undefined {
    if (this.running.length > 0) this.#decidedAt = this.#now;
    return this.running.splice(pick % Math.max(1, this.running.length), 1)[0];
  }

  /** A failed check must not be lost in the batcher's promise: the next `settle` throws it. */
  #run(lane: Lane<Item>, items: readonly Item[]): Promise<void> {
    try {
      this.#checkBatch(lane, items);
    } catch (error) {
      this.#failure ??= error;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.running.push({ lane, items, finish: resolve });
    return promise;
  }

  #checkBatch(lane: Lane<Item>, items: readonly Item[]): void {
    expect(this.running.length, 'never more batches than threads').toBeLessThan(this.capacity);
    expect(items.length).toBeGreaterThan(0);
    expect(items.length).toBeLessThanOrEqual(lane.batchSizeMax);
    if (lane.isBackground)
      expect(this.#mayRunBackground(), 'those who ask keep a thread for themselves').toBe(true);
    for (const item of items) this.#checkItem(lane, items, item);
    this.#checkFairness(lane, items);
  }

  #checkItem(lane: Lane<Item>, items: readonly Item[], item: Item): void {
    expect(item.lane, 'a batch is of one lane').toBe(lane);
    expect(item.hasLeft, 'nothing runs for a caller that has left').toBe(false);
    expect(item.runs, 'nothing runs twice, but alone after a crash').toBe(item.isAlone ? 1 : 0);
    if (item.isAlone) {
      expect(items).toHaveLength(1);
      expect(this.#mayRunAlone(), 'what may end a thread never holds the last one').toBe(true);
    } else {
      const later = this.#started.filter(
        (other) => other.lane === lane && other.priority === item.priority && other.id > item.id,
      );
      expect(later, 'first come, first served').toEqual([]);
      this.#started.push(item);
    }
    item.runs += 1;
  }

  #checkFairness(lane: Lane<Item>, items: readonly Item[]): void {
    const isUrgent =
      !lane.isBackground && items.some(({ priority, isAlone }) => isAlone || priority === 'high');
    const mayRunBackground = this.#mayRunBackground();
    const runningOf = (of: Lane<Item>) => this.running.filter((batch) => batch.lane === of).length;
    const mayRunAlone = this.#mayRunAlone();
    for (const other of this.lanes) {
      if (other === lane || other.leavable(mayRunAlone) === 0) continue;
      if (other.isBackground && !mayRunBackground) continue;
      if (other.isUrgent(mayRunAlone)) expect(isUrgent, 'high priority goes first').toBe(true);
      if (other.isUrgent(mayRunAlone) === isUrgent)
        expect(runningOf(lane), 'lanes with fewer threads go first').toBeLessThanOrEqual(runningOf(other));
    }
  }
}

test('whatever happens in whatever order, the batcher keeps its promises', async () => {
  await fc.assert(
    fc.asyncProperty(laneSizes, fc.array(action, { maxLength: 60 }), async (sizes, actions) => {
      const simulation = new Simulation(sizes);
      simulation.setCapacity(2);
      for (const step of actions) {
        if (step.do === 'add')
          for (let i = 0; i < step.count; i += 1) simulation.add(step.lane, step.isLow ? 'low' : 'high');
        else if (step.do === 'leave') simulation.leave(step.pick, step.isSeenLate);
        else if (step.do === 'finish') simulation.finish(step.pick);
        else if (step.do === 'crash') simulation.crash(step.pick);
        else if (step.do === 'pass') simulation.pass(step.ms);
        else simulation.setCapacity(step.threads);
        await simulation.settle();
      }
      simulation.setCapacity(4);
      simulation.pass(1000);
      await simulation.settle();
      while (simulation.running.length > 0) {
        simulation.finish(0);
        await simulation.settle();
      }
      for (const { hasLeft, isAlone, runs } of simulation.accepted) {
        if (!hasLeft) expect(runs, 'every accepted item runs exactly once').toBe(isAlone ? 2 : 1);
      }
    }),
    { numRuns: 3000 },
  );
});
