/**
 * Calls `visit` for each item, at most `limit` at a time, in order of start.
 *
 * @param visit - answers whether to go on; after a `false` no further item is started
 * @throws what `visit` throws, once those under way have ended
 */
export async function forEachWithLimit<T>(
  items: readonly T[],
  limit: number,
  visit: (item: T, index: number) => Promise<boolean>,
): Promise<void> {
  let next = 0;
  let isStopped = false;
  const lane = async () => {
    while (!isStopped && next < items.length) {
      const index = next++;
      // `index` was just checked against the length
      if (!(await visit(items[index] as T, index))) isStopped = true;
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
}
