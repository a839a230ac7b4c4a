import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Longest that work holds the event loop at a time, in milliseconds. A job does this to several chunks at once, and all of
 * them get a slice in each turn.
 */
const sliceMs = 1;
/** How often the clock is asked; no item takes long. */
const itemsPerLook = 16;

/** Does `work` for each item, in order, and lets the event loop turn in between: live requests go on. */
export async function forEachYielding<T>(
  items: readonly T[],
  work: (item: T, index: number) => void,
): Promise<void> {
  let sliceAt = performance.now();
  for (const [index, item] of items.entries()) {
    work(item, index);
    if (index % itemsPerLook !== 0 || performance.now() - sliceAt < sliceMs) continue;
    await nextTurn();
    sliceAt = performance.now();
  }
}
