import { expect, it } from 'vitest';
import { failureReport } from './report.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate.ts';

const seconds = Number(process.env.SIMULATION_SECONDS ?? 120);
/** Others than those that every run of the tests goes through. */
const from = 1_000;

it(`breaks no promise in ${seconds} seconds of worlds`, { timeout: (seconds + 300) * 1000 }, async () => {
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1000;
  const sum = { worlds: 0, faults: 0, gates: 0 };
  while (elapsed() < seconds) {
    const outcome = await simulate(from + sum.worlds);
    if (outcome.violation) expect.fail(failureReport(outcome, await shrink(outcome), false));
    sum.worlds += 1;
    sum.faults += outcome.faults.length;
    sum.gates += outcome.gates;
  }
  const perSecond = (count: number) => (count / elapsed()).toFixed(1);
  console.log(
    `${sum.worlds} worlds (from seed ${from}): ${perSecond(sum.worlds)} worlds, ${perSecond(sum.faults)} faults ` +
      `and ${perSecond(sum.gates)} steps a second`,
  );
});
