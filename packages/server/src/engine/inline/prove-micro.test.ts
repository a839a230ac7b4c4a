import { describe, expect, test } from 'vitest';
import { batchMsMax, itemMsMax, proveMicro } from './prove-micro.ts';

/** A model on a clock of its own: run `n` of it takes `itemMs(n)`. */
function setUp({ itemMs, batchItemMs = 0.001 }: { itemMs: (run: number) => number; batchItemMs?: number }) {
  let [now, runs] = [0, 0];
  const verdict = proveMicro({
    examples: [
      () => {
        now += itemMs(runs);
        runs += 1;
      },
    ],
    runBatch(size) {
      now += size * batchItemMs;
    },
    batchSizeMax: 64,
    now: () => now,
  });
  return { verdict, runs: () => runs };
}

describe('proveMicro', () => {
  test('a quick model is proven, with full batches', async () => {
    const { verdict } = setUp({ itemMs: () => 0.02 });
    expect(await verdict).toMatchObject({ isMicro: true, itemMs: expect.closeTo(0.02), batchSizeMax: 64 });
  });

  test('a slow model is refused after a few runs, with its time', async () => {
    const { verdict, runs } = setUp({ itemMs: () => 40 });
    expect(await verdict).toEqual({ isMicro: false, itemMs: expect.closeTo(40) });
    expect(runs()).toBeLessThan(20);
  });

  test('a model that is slow in one run of five is refused', async () => {
    const { verdict } = setUp({ itemMs: (run) => (run % 5 === 0 ? 2 * itemMsMax : 0.02) });
    expect(await verdict).toMatchObject({ isMicro: false });
  });

  test('slow first runs and a machine that is busy for half of the time are not the model’s fault', async () => {
    const isDisturbed = (run: number) => run < 20 || run % 60 < 30;
    const { verdict } = setUp({ itemMs: (run) => (isDisturbed(run) && run % 3 === 0 ? 2 : 0.02) });
    expect(await verdict).toMatchObject({ isMicro: true });
  });

  test('batches are as large as the event loop can bear', async () => {
    const { verdict } = setUp({ itemMs: () => 0.1, batchItemMs: batchMsMax / 20 });
    expect(await verdict).toMatchObject({ isMicro: true, batchSizeMax: 16 });
  });
});
