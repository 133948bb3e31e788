import { defineConfig } from 'vitest/config';

const conditions = ['@rx-llamacloud/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Not a measure of speed: machines are shared, and some tests start processes.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    include: ['test/**/*.test.ts', 'local/test/**/*.test.ts'],
  },
});
