import { type Options, type Outcome, simulate } from './simulate.ts';

const mostRuns = 120;

/**
 * Leaves out as many faults of a failed world as it can while something promised still does not hold: halves first, then ever
 * smaller parts. What is left is the smallest trace that it found.
 */
export async function shrink(failed: Outcome, options: Options = {}): Promise<Outcome> {
  let smallest = failed;
  let runs = 0;
  for (let parts = 2; smallest.faults.length > 0 && runs < mostRuns; ) {
    const faults = [...new Set(smallest.faults)];
    const size = Math.ceil(faults.length / parts);
    let smaller: Outcome | null = null;
    for (let from = 0; from < faults.length && !smaller && runs < mostRuns; from += size) {
      const kept = new Set(faults.toSpliced(from, size));
      const outcome = await simulate(failed.seed, { ...options, allows: (fault) => kept.has(fault) });
      runs += 1;
      if (outcome.violation) smaller = outcome;
    }
    if (smaller) {
      smallest = smaller;
      parts = Math.max(2, parts - 1);
    } else if (size === 1) break;
    else parts = Math.min(faults.length, parts * 2);
  }
  return smallest;
}
