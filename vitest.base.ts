import { defineConfig } from 'vitest/config';

/** What every package's tests share: bounds that hold on a machine that is busy with something else. */
export const base = defineConfig({
  test: {
    testTimeout: 90_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    expect: { poll: { timeout: 30_000 } },
  },
});
