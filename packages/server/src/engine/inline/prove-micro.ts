import { setImmediate as nextTurn } from 'node:timers/promises';

/** What one prediction may take of the event loop. */
export const itemMsMax = 0.25;
/** What one batch may take of the event loop. */
export const batchMsMax = 0.5;

const rounds = 12;
const runsInRound = 10;
const runShare = 0.9;
const roundShare = 0.25;
const warmUpRuns = 60;
const warmUpMs = 30;

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

/** Measures whether a model is quick enough for the event loop, and how many items it may run there at once. */
export async function proveMicro({
  examples,
  runBatch,
  batchSizeMax,
  now = () => performance.now(),
}: Trial): Promise<Verdict> {
  let itemMs = 0;
  for (const run of examples) {
    itemMs = Math.max(itemMs, await timeOf(run, { enoughMs: itemMsMax, now }));
    if (itemMs > itemMsMax) return { isMicro: false, itemMs };
  }
  for (let size = batchSizeMax; ; size = Math.ceil(size / 2)) {
    const batchMs = await timeOf(() => runBatch(size), { enoughMs: batchMsMax, now });
    if (batchMs <= batchMsMax || size === 1) {
      return { isMicro: true, itemMs, batchSizeMax: size, batchItemMs: batchMs / size };
    }
  }
}

interface Clock {
  readonly enoughMs: number;
  readonly now: () => number;
}

/**
 * The time that nine in ten runs stay under, in the better rounds: a machine that is busy with something else spoils
 * runs, and whole rounds, but a model that is slow is slow in all. Stops as soon as a round has no run that is quick
 * enough, so that a slow model does not hold up the start.
 */
async function timeOf(run: () => void, { enoughMs, now }: Clock): Promise<number> {
  await warmUp(run, now);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const runs = Array.from({ length: runsInRound }, () => timeOnce(run, now));
    if (Math.min(...runs) > enoughMs) return Math.min(...runs);
    times.push(quantile(runs, runShare));
    await nextTurn();
  }
  return quantile(times, roundShare);
}

/** V8 compiles what it has seen often enough; before that, the same code takes ten times as long. */
async function warmUp(run: () => void, now: () => number): Promise<void> {
  const startedAt = now();
  for (let count = 0; count < warmUpRuns && now() - startedAt < warmUpMs; count += 1) run();
  await nextTurn();
}

function timeOnce(run: () => void, now: () => number): number {
  const startedAt = now();
  run();
  return now() - startedAt;
}

function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? 0;
}
