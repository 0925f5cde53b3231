import { Command, InvalidArgumentError } from 'commander';
import { failureReport } from './report.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate.ts';

// `npm run simulate`: one world of a seed, or many one after the other. Exits with 1 where a promise was broken.

const number = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
};
const options = new Command('simulate')
  .description(
    'Lives through simulated worlds and checks what Flowkeeper promises. The same seed gives the same world.',
  )
  .option('--seed <number>', 'one world, replayed exactly', number)
  .option('--seeds <count>', 'so many worlds', number, 100)
  .option('--from <number>', 'the first seed', number, 1)
  .option('--trace', 'show the whole trace')
  .parse()
  .opts<{ seed?: number; seeds: number; from: number; trace?: boolean }>();

const from = options.seed ?? options.from;
const count = options.seed === undefined ? options.seeds : 1;
const tellEvery = 500;
const startedAt = performance.now();
const sum = { gates: 0, faults: 0, virtualSeconds: 0, violations: 0 };
for (let seed = from; seed < from + count; seed++) {
  const outcome = await simulate(seed);
  const done = seed - from + 1;
  if (done % tellEvery === 0 && done < count) console.error(`… ${done} worlds, ${sum.violations} violations`);
  sum.gates += outcome.gates;
  sum.faults += outcome.faults.length;
  sum.virtualSeconds += outcome.virtualSeconds;
  if (outcome.violation) {
    sum.violations += 1;
    console.log(`${failureReport(outcome, await shrink(outcome), options.trace === true)}\n`);
  } else if (options.seed !== undefined) {
    if (options.trace) console.log(outcome.trace.join('\n'));
    console.log(`Seed ${seed}: every promise was kept. Trace ${outcome.hash}, ${outcome.faults.length} faults:`);
    for (const fault of outcome.faults) console.log(`  - ${fault}`);
  }
}
const seconds = (performance.now() - startedAt) / 1000;
console.log(
  `${count} worlds (seeds ${from} to ${from + count - 1}), ${sum.faults} faults, ${sum.gates} gates, ` +
    `${Math.round(sum.virtualSeconds / 3600)} h of virtual time in ${seconds.toFixed(1)} s: ${sum.violations} violations.`,
);
process.exitCode = sum.violations > 0 ? 1 : 0;
