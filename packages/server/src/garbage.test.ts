import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import { expect, test } from 'vitest';
import { collectGarbage, giveHeapBack } from './garbage.ts';

const mib = 1024 * 1024;

function youngBytes(): number {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  return young?.physical_space_size ?? Number.NaN;
}

/** What loading code does: much that stays alive until it is no longer needed. */
function growHeap(): void {
  const objects = Array.from({ length: 400_000 }, (_, id) => ({ id, list: [id] }));
  expect(objects).toHaveLength(400_000);
}

test('giving the heap back frees what is dead, and the room for young objects too', () => {
  growHeap();
  collectGarbage();
  const kept = youngBytes();
  const usedBytes = getHeapStatistics().used_heap_size;
  giveHeapBack();
  expect(youngBytes()).toBeLessThan(Math.min(kept, 4 * mib));
  expect(getHeapStatistics().used_heap_size).toBeLessThan(usedBytes + mib);
});
