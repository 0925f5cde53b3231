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

/** Folders whose tests start processes, or change what a process has only one of. */
const ofTheirOwn = ['azure', 'host', 'local', 'scenarios', 'simulation'].map((folder) => `test/${folder}/**/*.test.ts`);
const long = 'test/**/*.long.test.ts';

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'processes', include: ofTheirOwn, exclude: [long] } },
      // Pure functions and simulators: what they import is loaded once, and not once a file.
      {
        extends: true,
        test: { name: 'units', include: ['test/**/*.test.ts'], exclude: [long, ...ofTheirOwn], isolate: false },
      },
    ],
    // Far beyond what anything takes, so that a slow machine fails nothing; what waits in a test says sooner what it saw last.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Scenarios wait for simulated Azure most of the time, so more of them fit beside each other than there are cores.
    maxWorkers: 5,
    sequence: { sequencer: LongestFirst },
  },
});
