import { expect, test } from 'vitest';
import { ThreadSlot } from './thread-slot.ts';

test('a thread that ends before its first task is tried again, each time later, until the slot is closed', async () => {
  const attempts: number[] = [];
  const triedThrice = Promise.withResolvers<void>();
  const startedAt = performance.now();
  const slot = new ThreadSlot({
    threadData: { registry: '', modelsFolder: '', heapMb: 64 },
    workerFile: new URL('../../test/engine/support/worker-that-ends.ts', import.meta.url),
    load: () => Promise.reject(new Error('never reached')),
    onChange: () => {},
    onThreadExit: () => {},
    onStartFailed(attempt) {
      attempts.push(attempt);
      if (attempt === 3) triedThrice.resolve();
    },
  });
  void slot.bringUp();
  await triedThrice.promise;
  expect(attempts).toEqual([1, 2, 3]);
  expect(performance.now() - startedAt).toBeGreaterThan(200 + 400);
  expect(slot.isUp).toBe(false);
  expect(await slot.close(1000)).toBe(true);
});
