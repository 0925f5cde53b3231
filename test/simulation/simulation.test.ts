import { describe, expect, it } from 'vitest';
import { failureReport } from './report.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate.ts';

const worlds = 200;

describe('the simulation', () => {
  it('gives the same world for the same seed', async () => {
    const seeds = [3, 19, 42];
    const first = await hashesOf(seeds);
    const second = await hashesOf(seeds.toReversed());
    expect(second.toReversed()).toEqual(first);
    expect(new Set(first).size).toBe(seeds.length);
  });

  it(`breaks no promise in ${worlds} worlds`, { timeout: 180_000 }, async () => {
    for (let seed = 1; seed <= worlds; seed++) {
      const outcome = await simulate(seed);
      if (outcome.violation) expect.fail(failureReport(outcome, await shrink(outcome), false));
    }
  });
});

/** One world after the other: they share the process. */
async function hashesOf(seeds: readonly number[]): Promise<readonly string[]> {
  const hashes: string[] = [];
  for (const seed of seeds) hashes.push((await simulate(seed)).hash);
  return hashes;
}
