import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { createNarrator } from './narrator/narrator.ts';
import { isColoured, toldText } from './narrator/told-text.ts';
import { createFirstNetwork } from './start/first-network.ts';
import { here, welcome, whatToTry } from './start/welcome.ts';
import { endWithError } from './world/start-error.ts';
import { stopRequested } from './world/stop-request.ts';
import { startWorld } from './world/world.ts';
import type { World } from './world/world-options.ts';
import { partNames } from './world/world-parts.ts';

// npm start: Flowkeeper and the stand-ins for Azure on this machine, told as it happens; npm start -- --help

type Options = {
  readonly data: string;
  readonly port: number;
  readonly armPort: number;
  readonly fresh: boolean;
  readonly keys: boolean;
  readonly realTimes: boolean;
};

/** So that the estate is looked over every minute instead of every 15: nobody wants to wait that long for something to see. */
const sweepEveryMinute = '0 * * * * *';

const options = new Command('npm start --')
  .description('Runs Flowkeeper on this machine, with stand-ins for Azure and an example estate.')
  .option('--data <dir>', 'folder that keeps the estate and all state', '.flowkeeper')
  .option('--port <n>', 'port of the function app; 0 = choose', parsePort, 7071)
  .option('--arm-port <n>', 'port of the ARM simulator; 0 = choose', parsePort, 8443)
  .option('--fresh', 'begin anew: empties the data folder first', false)
  .option('--keys', 'check function keys, as Azure does', false)
  .option('--real-times', 'let Azure operations take as long as they were recorded', false)
  .parse()
  .opts<Options>();

const stop = stopRequested();
await run().catch((error: unknown) => {
  if (!stop.aborted) endWithError(error);
  console.log('Stopped before all was ready.');
  process.exit(0);
});

async function run(): Promise<void> {
  const coloured = isColoured(process.stdout);
  const narrate = createNarrator();
  let log: NodeJS.WritableStream | undefined;
  console.log(`Flowkeeper on this machine. Starting the stand-ins for Azure, the Functions host and the app …`);
  const began = Date.now();
  const world = await startWorld({
    dataDir: options.data,
    fresh: options.fresh,
    functionsPort: options.port,
    armPort: options.armPort,
    keys: options.keys,
    realTimes: options.realTimes,
    appSettings: { FLOWKEEPER_SWEEP_SCHEDULE: process.env.FLOWKEEPER_SWEEP_SCHEDULE ?? sweepEveryMinute },
    abort: stop,
    onLine: (part, line) => {
      log ??= createWriteStream(join(options.data, 'run.log'));
      log.write(`${part} ${line}\n`);
      const told = part === 'host' ? narrate(line) : undefined;
      if (told !== undefined) console.log(toldText(told, { coloured }));
    },
    onEvent: (part, event) => {
      const text = event.kind === 'ended' ? `ended ${event.how}; it is started again` : 'is back';
      const tone = event.kind === 'ended' ? 'bad' : 'good';
      if (event.kind === 'ended' || event.restarted)
        console.log(toldText({ time: new Date(), subject: partNames[part], text, tone }, { coloured }));
    },
  });
  console.log(welcome(world, Date.now() - began));
  const lost = await Promise.race([world.lost, untilStopped(), showMainJob(world)]);
  console.log(lost === undefined ? '\nStopping …' : lost.message);
  await world.stop();
  console.log(
    `Stopped. The state is kept in ${here(world.dataDir)}: npm start goes on, npm start -- --fresh begins anew.`,
  );
  process.exit(lost === undefined ? 0 : 1);
}

/** Shows the main job without anybody typing, then says what to type; never settles, for the run ends for other reasons. */
async function showMainJob(world: World): Promise<never> {
  try {
    console.log(whatToTry(world, await createFirstNetwork(world.environment())));
  } catch (error) {
    console.log(`The first VNet could not be created: ${error instanceof Error ? error.message : error}`);
  }
  return new Promise(() => undefined);
}

function untilStopped(): Promise<undefined> {
  return new Promise((settle) => {
    if (stop.aborted) settle(undefined);
    stop.addEventListener('abort', () => settle(undefined));
  });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('It is a number from 0 to 65535.');
  return port;
}
