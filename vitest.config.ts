import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** One takes a minute of one core, the others wait for minutes: begun last, they would be waited for alone. */
const longest = ['/test/simulation/', '/test/scenarios/drift/', '/test/scenarios/compensation.'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => longest.some((part) => moduleId.includes(part));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.long.test.ts'],
    // Far beyond what anything takes, so that a slow machine fails nothing; what waits in a test says sooner what it saw last.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Scenarios wait for simulated Azure most of the time, so more of them fit beside each other than there are cores.
    maxWorkers: 5,
    sequence: { sequencer: LongestFirst },
  },
});
