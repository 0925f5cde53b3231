import { defineConfig } from 'vitest/config';

/** Tests that take minutes together: random kills, every cut and interleaving, and waiting that is as long as in production. */
export default defineConfig({
  test: {
    include: ['test/**/*.long.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 240_000,
    maxWorkers: 4,
  },
});
