import { mkdtemp, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { createHeldPaths } from './held-paths.ts';

const anHourAgo = new Date(Date.now() - 3_600_000);

afterEach(() => vi.useRealTimers());

test('what is held looks young twice a minute, and old again when it is let go', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const folder = await mkdtemp(join(tmpdir(), 'oriel-held-'));
  const { hold, isHeld } = createHeldPaths();
  const release = hold(folder);
  hold(join(folder, 'not made yet'));
  expect(isHeld(folder)).toBe(true);
  await utimes(folder, anHourAgo, anHourAgo);

  vi.advanceTimersByTime(30_000);
  // polls of vitest's own, since time stands still here
  const isTouched = async () => expect((await stat(folder)).mtime > anHourAgo).toBe(true);
  await vi.waitFor(isTouched, { timeout: 30_000 });

  release();
  expect(isHeld(folder)).toBe(false);
  await utimes(folder, anHourAgo, anHourAgo);
  vi.advanceTimersByTime(300_000);
  expect((await stat(folder)).mtime).toEqual(anHourAgo);
  await rm(folder, { recursive: true });
});
