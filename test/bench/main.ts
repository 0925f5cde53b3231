import { availableParallelism, cpus, loadavg } from 'node:os';
import { Argument, Command } from 'commander';
import { benchBacklog } from './backlog.ts';
import { benchColdStart } from './cold-start.ts';
import { figureTable, type Part } from './figure.ts';
import { benchHost } from './host.ts';
import { benchLocalRun } from './local-run.ts';
import { benchPackageSize } from './package-size.ts';
import { benchSweep } from './sweep.ts';

// npm run bench: figures of this project, each beside a baseline of the same run; npm run bench -- --help

const parts: Readonly<Record<string, Part>> = {
  cold: benchColdStart,
  host: benchHost,
  size: benchPackageSize,
  sweep: benchSweep,
  backlog: benchBacklog,
  stories: benchLocalRun,
};

const command = new Command('npm run bench --')
  .description('Measures the app and the embedded host, each figure beside a baseline of the same run.')
  .addArgument(new Argument('[parts...]', 'what to measure').choices(Object.keys(parts)).default(Object.keys(parts)))
  .option('--quick', 'few runs: to see that it runs, not to cite', false)
  .parse();
const asked = new Set(command.args.length > 0 ? command.args : Object.keys(parts));
const { quick } = command.opts<{ quick: boolean }>();

console.log(
  `${new Date().toISOString()}, Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`,
);
const figures = [];
for (const [name, part] of Object.entries(parts)) {
  if (asked.has(name)) figures.push(...(await part({ quick, say: (line) => console.error(`… ${line}`) })));
}
console.log(`\n${figureTable(figures)}`);
