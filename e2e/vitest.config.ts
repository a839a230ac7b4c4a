import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['support/global-setup.ts'],
    // a real server and a real browser, on machines that may be busy
    testTimeout: 90_000,
    hookTimeout: 120_000,
    // one server, whose list of predictions the tests look at
    fileParallelism: false,
  },
});
