import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const conditions = ['@rx-llamacloud/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Two hundred files: a process for each would load the same modules two hundred times, a third of all the work.
    isolate: false,
    // One more than there are cores, as tests of sockets wait more than they work.
    maxWorkers: availableParallelism() + 1,
    // Not a measure of speed: machines are shared, and some tests start processes.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    include: ['test/**/*.test.ts', 'local/test/**/*.test.ts'],
  },
});
