import { defineConfig, mergeConfig } from 'vitest/config';
import { base } from '../vitest.base.ts';

export default mergeConfig(
  base,
  defineConfig({
    test: {
      globalSetup: ['support/global-setup.ts'],
      // one server, whose list of predictions the tests look at
      fileParallelism: false,
    },
  }),
);
