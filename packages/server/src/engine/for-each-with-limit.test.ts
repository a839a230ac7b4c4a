import { expect, test } from 'vitest';
import { forEachWithLimit } from './for-each-with-limit.ts';

test('visits every item once, with at most the limit under way', async () => {
  let [underWay, most] = [0, 0];
  const visited: number[] = [];
  await forEachWithLimit([...Array(20).keys()], 3, async (item) => {
    most = Math.max(most, ++underWay);
    await Promise.resolve();
    visited.push(item);
    underWay--;
    return true;
  });
  expect(visited.toSorted((a, b) => a - b)).toEqual([...Array(20).keys()]);
  expect(most).toBe(3);
});

test('starts nothing more once a visit says stop', async () => {
  const visited: number[] = [];
  await forEachWithLimit([0, 1, 2, 3, 4, 5], 2, async (item) => {
    visited.push(item);
    return item < 1;
  });
  expect(visited.length).toBeLessThan(5);
});
