import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { here, welcome } from './start/welcome.ts';
import { misleading } from './world/child-environment.ts';
import { writeLocalSettings } from './world/local-settings.ts';
import { endWithError } from './world/start-error.ts';
import { stopRequested } from './world/stop-request.ts';
import { startWorld } from './world/world.ts';
import { partNames } from './world/world-parts.ts';

// npm run cloud: the stand-ins for Azure alone, for a Functions host that somebody else starts; npm run cloud -- --help

const options = new Command('npm run cloud --')
  .description(
    'Runs the stand-ins for Azure on this machine, without the function app: any Functions host can run it on them.',
  )
  .option('--data <dir>', 'folder that keeps the estate and all state', '.flowkeeper')
  .option('--functions-url <url>', 'where the Functions host is, or will be', parseUrl, 'http://127.0.0.1:7071')
  .option('--settings <file>', 'where to write the app settings (default: local.settings.json in the data folder)')
  .option('--arm-port <n>', 'port of the ARM simulator; 0 = choose', parsePort, 8443)
  .option('--fresh', 'begin anew: empties the data folder first', false)
  .option('--real-times', 'let Azure operations take as long as they were recorded', false)
  .parse()
  .opts<{
    data: string;
    functionsUrl: string;
    settings?: string;
    armPort: number;
    fresh: boolean;
    realTimes: boolean;
  }>();

const stop = stopRequested();
await run().catch((error: unknown) => {
  if (!stop.aborted) endWithError(error);
  console.log('Stopped before all was ready.');
  process.exit(0);
});

async function run(): Promise<void> {
  console.log('Starting the stand-ins for Azure …');
  const began = Date.now();
  const settingsFile = options.settings ?? join(options.data, 'local.settings.json');
  const world = await startWorld({
    dataDir: options.data,
    functionsUrl: options.functionsUrl,
    fresh: options.fresh,
    armPort: options.armPort,
    realTimes: options.realTimes,
    abort: stop,
    onHost: (line) => console.log(line),
    onEvent: (part, event) => {
      if (event.kind === 'ended') console.log(`${partNames[part]} ended ${event.how}; it is started again`);
      else if (event.restarted) console.log(`${partNames[part]} is back`);
    },
  });
  writeLocalSettings(settingsFile, world.appSettings);
  console.log(welcome(world, Date.now() - began));
  console.log(whatToDo(settingsFile, misleading(world.appSettings)));
  const lost = await Promise.race([world.lost, untilStopped()]);
  console.log(lost === undefined ? '\nStopping …' : lost.message);
  await world.stop();
  console.log(`Stopped. The state is kept in ${here(world.dataDir)}.`);
  process.exit(lost === undefined ? 0 : 1);
}

function whatToDo(settingsFile: string, names: readonly string[]): string {
  const port = new URL(options.functionsUrl).port || '80';
  const without = names.length === 0 ? '' : `env ${names.map((name) => `-u ${name}`).join(' ')} `;
  const why = names.length === 0 ? '' : `(without ${names.join(', ')}: the environment would win over the file)\n`;
  return `The app settings are in ${here(resolve(settingsFile))}: copy them beside host.json, as local.settings.json. Then, in another terminal:
  ${without}func start --port ${port}          with Azure Functions Core Tools
  ${without}npm run host -- --app . --data ${here(resolve(options.data))} --port ${port}    with the embedded host
${why}and, when it is there:
  curl -s -H "x-functions-key: $(node -p "require('${resolve(options.data, 'env.json')}').functionKey")" ${options.functionsUrl}/api/networks
(the embedded host asks for that key, unless it has --no-keys; Core Tools ask for none)
Ctrl-C stops the stand-ins.
`;
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

function parseUrl(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? ''))
    throw new InvalidArgumentError('It is a URL such as http://127.0.0.1:7071.');
  return text.replace(/\/+$/, '');
}
