import { expect, test } from 'vitest';
import { untilAborted } from './until-aborted.ts';

test('what a promise fails with after the signal came is not left to the process', async () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', onUnhandled);
  try {
    const signal = AbortSignal.abort(new Error('enough'));
    const { promise, reject } = Promise.withResolvers<never>();
    await expect(untilAborted(promise, signal)).rejects.toThrow('enough');
    reject(new Error('nobody asks any more'));
    // Node.js tells of it once all that waits for a promise has run
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', onUnhandled);
  }
});

test('a body that never ends is left when the signal comes', async () => {
  const controller = new AbortController();
  const left = untilAborted(new Promise(() => undefined), controller.signal);
  controller.abort(new Error('enough'));
  await expect(left).rejects.toThrow('enough');
});
