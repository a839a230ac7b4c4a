import { isOutOfMemory } from './read-errors.ts';

/**
 * Does two works of one database at once; one after the other where that takes more memory than it may have. Each may be
 * begun twice. Ends when both have ended: what one of them uses is there until then.
 */
export async function sideBySide<A, B>(first: () => Promise<A>, second: () => Promise<B>): Promise<[A, B]> {
  const [a, b] = await Promise.allSettled([first(), second()]);
  if (a.status === 'fulfilled' && b.status === 'fulfilled') return [a.value, b.value];
  const error: unknown = a.status === 'rejected' ? a.reason : b.status === 'rejected' && b.reason;
  if (!isOutOfMemory(error)) throw error;
  return [
    a.status === 'fulfilled' ? a.value : await first(),
    b.status === 'fulfilled' ? b.value : await second(),
  ];
}
