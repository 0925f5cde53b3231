import { resolve } from 'node:path';
import { Command } from 'commander';
import { type HostInfo, startHost } from './host.ts';
import { readHostJson, readLocalSettings } from './host-json.ts';
import { consoleLog } from './log.ts';

// The embedded Functions host as a process: runs a built function app of the v4 programming model on this machine.

const options = new Command('host')
  .description('Runs a built function app: HTTP, Event Grid, timers and Durable Functions, without Azure.')
  .requiredOption('--app <folder>', 'folder with package.json and host.json')
  .option('--port <number>', 'port of the server, 0 for a free one', '7071')
  .option('--data <folder>', 'where state is kept', '.flowkeeper')
  .option('--keys', 'ask for function keys', false)
  .option('--log <format>', 'text or json', 'text')
  .parse()
  .opts<{ app: string; port: string; data: string; keys: boolean; log: string }>();

const appFolder = resolve(options.app);
let everReady = false;

try {
  const env = { ...readLocalSettings(appFolder), ...process.env };
  const log = consoleLog(options.log === 'json' ? 'json' : 'text', readHostJson(appFolder, env).leastLogLevel);
  const host = await startHost({
    appFolder,
    dataFolder: resolve(options.data),
    port: Number(options.port),
    checksFunctionKeys: options.keys,
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
    },
  });
  const stop = () => void host.stop().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function readyMessage({ url, appPid, keys }: HostInfo) {
  const functionKey = options.keys ? keys.function : null;
  return { kind: 'ready', url, pid: process.pid, appPid, functionKey, eventGridKey: keys.eventgrid };
}
