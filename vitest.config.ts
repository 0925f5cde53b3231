import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.long.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Scenarios wait for simulated Azure most of the time, so more of them fit beside each other than there are cores.
    maxWorkers: 5,
  },
});
