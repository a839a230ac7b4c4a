import { setImmediate as nextTurn } from 'node:timers/promises';

/** What one prediction may take of the event loop. */
export const itemMsMax = 0.25;
/** What one batch may take of the event loop. */
export const batchMsMax = 0.5;

const rounds = 9;
const runsInRound = 12;
const share = 0.9;

interface Trial {
  /** One for each example: runs it once. */
  readonly examples: readonly (() => void)[];
  /** Runs a batch of so many examples. */
  readonly runBatch: (size: number) => void;
  readonly batchSizeMax: number;
  readonly now?: () => number;
}

export type Verdict =
  | {
      readonly isMicro: true;
      readonly itemMs: number;
      readonly batchSizeMax: number;
      /** What an item takes in a batch of that size. */
      readonly batchItemMs: number;
    }
  | { readonly isMicro: false; readonly itemMs: number };

/**
 * Measures whether a model is quick enough for the event loop, and how many items it may run there at once.
 *
 * Its time is the slowest example's: the median over rounds of the time that nine in ten runs stay under. A machine
 * that is busy with something else spoils runs, and whole rounds, but not most of them; a model that is slow is slow
 * in all. It is given up on as soon as it is clear, so that a slow model does not hold up the start.
 */
export async function proveMicro({
  examples,
  runBatch,
  batchSizeMax,
  now = () => performance.now(),
}: Trial): Promise<Verdict> {
  let itemMs = 0;
  for (const run of examples) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { quickestMs, mostMs } = measureRound(run, now);
      if (quickestMs > itemMsMax) return { isMicro: false, itemMs: quickestMs };
      times.push(mostMs);
      await nextTurn();
    }
    itemMs = Math.max(itemMs, quantile(times, 0.5));
    if (itemMs > itemMsMax) return { isMicro: false, itemMs };
  }
  return { isMicro: true, itemMs, ...largestBatch(runBatch, batchSizeMax, now) };
}

/** The first run of the first round sets everything up and is not looked at. */
function measureRound(run: () => void, now: () => number) {
  run();
  const times = [timeOf(run, now)];
  for (let left = runsInRound - 1; left > 0; left -= 1) {
    // one that takes long while it is hot will not get quicker
    if (times.length === 3 && Math.min(...times) > itemMsMax) break;
    times.push(timeOf(run, now));
  }
  return { quickestMs: Math.min(...times), mostMs: quantile(times, share) };
}

/** Halves the batch until most runs of it stay within what the event loop can do without. */
function largestBatch(runBatch: (size: number) => void, sizeMax: number, now: () => number) {
  for (let size = sizeMax; ; size = Math.ceil(size / 2)) {
    runBatch(size);
    const batchMs = quantile(
      Array.from({ length: 5 }, () => timeOf(() => runBatch(size), now)),
      0.5,
    );
    if (batchMs <= batchMsMax || size === 1) return { batchSizeMax: size, batchItemMs: batchMs / size };
  }
}

function timeOf(run: () => void, now: () => number): number {
  const startedAt = now();
  run();
  return now() - startedAt;
}

function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? 0;
}
