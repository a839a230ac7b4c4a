import react from '@vitejs/plugin-react';
import { defineConfig, mergeConfig } from 'vitest/config';
import { base } from '../../vitest.base.ts';

export default mergeConfig(
  base,
  defineConfig({
    plugins: [react()],
    test: {
      environment: 'happy-dom',
      // the origin that the page and the mocked API share: happy-dom would ask another one for permission first
      environmentOptions: { happyDOM: { url: 'http://localhost:3000/' } },
      setupFiles: ['test/setup.ts'],
      // one page for all files: making one takes longer than most tests
      isolate: false,
    },
  }),
);
