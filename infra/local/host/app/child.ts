import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { provideCoreModule, type Registry } from './core-module.ts';
import { invoke } from './invoke.ts';
import type { FromApp, ToApp } from './protocol.ts';

// The process that the function app runs in. It lives as long as the host does, and does what the host tells it.

const send = (message: FromApp) => {
  if (process.connected) process.send?.(message);
};
const registry = provideCoreModule((level, system, message) => send({ kind: 'log', level, system, message }));
const { appHookData } = registry;

async function load(folder: string, files: string[]): Promise<void> {
  const require = createRequire(join(folder, 'package.json'));
  for (const file of files) {
    if (/\.c?js$/.test(file) && !isModule(require, file)) require(file);
    else await import(pathToFileURL(file).href);
  }
  const model = registry.model;
  if (!model) {
    const found = files.map((file) => file.slice(folder.length + 1)).join(', ');
    throw new Error(
      `No function is registered by ${found}. Register functions with app.http, app.timer and so on of @azure/functions 4.`,
    );
  }
  for (const hook of registry.hooks.appStart)
    await hook({ hookData: appHookData, appHookData, functionAppDirectory: folder });
  registry.isLoaded = true;
  const capabilities = (await model.getCapabilities?.({})) ?? {};
  if (capabilities.HttpUri) {
    throw new Error(
      'HTTP streaming is not supported by the embedded Functions host. Leave enableHttpStream out of app.setup, or run this app on Azure Functions Core Tools.',
    );
  }
  send({ kind: 'loaded', functions: functionsOf(registry) });
}

function isModule(require: NodeJS.Require, file: string): boolean {
  return file.endsWith('.js') && require('./package.json').type === 'module';
}

/** Only what can be sent to another process: an app may put functions into its options. */
function functionsOf({ functions }: Registry) {
  return JSON.parse(JSON.stringify([...functions.values()].map(({ fn }) => fn)));
}

async function take(message: ToApp): Promise<void> {
  if (message.kind === 'load') {
    await load(message.folder, message.files).catch((error) =>
      send({ kind: 'load-failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  } else if (message.kind === 'invoke') {
    const { invocationId, functionName } = message.request;
    const result = await invoke(registry, message.request, (level, system, text) =>
      send({ kind: 'log', level, system, message: text, functionName, invocationId }),
    );
    send({ kind: 'result', invocationId, result });
  } else {
    for (const hook of registry.hooks.appTerminate) await hook({ hookData: appHookData, appHookData });
    process.exit(0);
  }
}

process.on('message', (message: ToApp) => void take(message));
process.on('disconnect', () => process.exit(0));
// The host stops the app: a signal to the whole process group must not cut off what is in flight.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
