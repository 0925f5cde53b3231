import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { readHostJson } from './config/host-json.ts';
import { readLocalSettings } from './config/local-settings.ts';
import { type HostInfo, startHost } from './host.ts';
import { consoleLog } from './log.ts';
import { startScreen } from './start-screen.ts';

// The embedded Functions host as a process: runs a built function app of the v4 programming model on this machine.

const options = new Command('host')
  .description('Runs a built function app: HTTP, Event Grid, timers and Durable Functions, without Azure.')
  .requiredOption('--app <folder>', 'folder with package.json and host.json')
  .option('--port <number>', "port of the server, 0 for a free one (default: the app's LocalHttpPort, or 7071)", port)
  .option('--data <folder>', "where state and keys are kept (default: .host in the app's folder)")
  .option('--no-keys', "ask for no keys, as Core Tools do on a developer's machine")
  .addOption(new Option('--log <format>', 'how to log').choices(['text', 'json']).default('text'))
  .addHelpText(
    'after',
    `
App settings are the environment and the Values of the folder's local.settings.json; the environment wins.
State and keys stay in the data folder: instances go on where they were when the host is started again.
Example: npm run host -- --app ../my-app --port 7072`,
  )
  .parse()
  .opts<{ app: string; port?: number; data?: string; keys: boolean; log: 'text' | 'json' }>();

const DEFAULT_PORT = 7071;
const appFolder = resolve(options.app);
let everReady = false;

try {
  const local = readLocalSettings(appFolder);
  const env = { ...local.values, ...process.env };
  const log = consoleLog(options.log, readHostJson(appFolder, env).leastLogLevel);
  const host = await startHost({
    appFolder,
    dataFolder: resolve(options.data ?? join(appFolder, '.host')),
    port: options.port ?? local.port ?? DEFAULT_PORT,
    asksForKeys: options.keys,
    env,
    log,
    onLoadFailed: (message) => {
      // Whoever supervises this host is told at once, unless the app has been there before.
      if (process.connected && !everReady) fail(message);
    },
    onAppReady: (info, first) => {
      everReady = true;
      if (!first) return process.send?.({ kind: 'app', appPid: info.appPid });
      process.send?.(readyMessage(info));
      log({ level: 'info', category: 'Host.Startup', message: `The app in ${appFolder} is served at ${info.url}` });
      if (options.log === 'text' && !process.connected)
        process.stdout.write(startScreen({ ...info, appFolder, asksForKeys: options.keys }));
    },
  });
  const stop = () => void host.stop().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}

/** A port from the command line. */
function port(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number < 65_536) return number;
  throw new InvalidArgumentError('A port is a number from 0 to 65535.');
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function readyMessage({ url, appPid, keys }: HostInfo) {
  const functionKey = options.keys ? keys.function : null;
  return { kind: 'ready', url, pid: process.pid, appPid, functionKey, eventGridKey: keys.eventgrid };
}
