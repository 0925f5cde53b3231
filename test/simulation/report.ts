import type { Outcome } from './simulate.ts';

const lastLines = 40;

/** A failure for people: what does not hold, which faults suffice for it, how it came about, and how to see it again. */
export function failureReport(failed: Outcome, smallest: Outcome, wholeTrace: boolean): string {
  const trace = wholeTrace ? smallest.trace : smallest.trace.slice(-lastLines);
  return [
    `Seed ${failed.seed}: ${smallest.violation}`,
    `Faults that suffice (${smallest.faults.length} of ${failed.faults.length}):`,
    ...smallest.faults.map((fault) => `  - ${fault}`),
    `Trace${wholeTrace ? '' : `, its last ${trace.length} of ${smallest.trace.length} lines`}:`,
    ...trace.map((line) => `  ${line}`),
    `To see it again: npm run simulate -- --seed ${failed.seed} --trace`,
  ].join('\n');
}
