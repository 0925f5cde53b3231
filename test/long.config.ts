import { defineConfig } from 'vitest/config';

// The tests that take minutes: `npx vitest run --config test/long.config.ts`.
export default defineConfig({
  test: {
    root: `${import.meta.dirname}/..`,
    include: ['test/**/*.long.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
