import { defineConfig } from 'vitest/config';

const conditions = ['@rx-llamacloud/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts', 'local/test/**/*.test.ts'],
  },
});
