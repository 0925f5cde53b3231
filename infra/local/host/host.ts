import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AppProcess, startApp } from './app/app-process.ts';
import { callsOf, type Invocation } from './app/calls.ts';
import { whyDisabled } from './app/enabled.ts';
import { entryFiles } from './app/entry-files.ts';
import type { AppFunction } from './app/protocol.ts';
import { warnOfUnsupported } from './app/supported.ts';
import { type Clock, systemClock } from './clock.ts';
import { readHostJson } from './config/host-json.ts';
import { openDatabase } from './durable/database.ts';
import { durableExtension } from './durable/extension.ts';
import { lockFolder } from './durable/folder-lock.ts';
import { type HostKeys, readKeys } from './http/keys.ts';
import { router } from './http/router.ts';
import { listen } from './http/server.ts';
import type { Log } from './log.ts';
import { clientBindingText } from './management/links.ts';
import { readiness } from './readiness.ts';
import { type HttpFunction, httpFunctions } from './triggers/http.ts';
import { startTimers } from './triggers/timers.ts';

export interface HostOptions {
  appFolder: string;
  dataFolder: string;
  port: number;
  /** Whether functions, webhooks and `/admin` ask for keys. */
  asksForKeys: boolean;
  /** The app settings: the environment that the app's process gets. */
  env: NodeJS.ProcessEnv;
  log: Log;
  clock?: Clock;
  /** Is told of every invocation that was answered. */
  observe?: (invocation: Invocation) => void;
  /** Called whenever the app is there: first when the host is ready, later after each restart of the app. */
  onAppReady: (host: HostInfo, first: boolean) => void;
  /** Called whenever the app cannot be loaded, with its own error; it is tried again, ever more slowly. */
  onLoadFailed?: (message: string) => void;
}

export interface HostInfo {
  url: string;
  functions: readonly AppFunction[];
  routePrefix: string;
  appPid: number | undefined;
  keys: HostKeys;
  keysFile: string;
  /** Whether the keys were made by this start. */
  keysAreNew: boolean;
}

/** Starts the host: its state, its server, then the app. Rejects when the app folder or the state cannot be used. */
export async function startHost(options: HostOptions): Promise<{ stop: () => Promise<void> }> {
  const { appFolder, dataFolder, env, log, asksForKeys, clock = systemClock } = options;
  // First, so that nothing is written for a folder without an app.
  const files = entryFiles(appFolder);
  const settings = readHostJson(appFolder, env);
  const { routePrefix } = settings;
  mkdirSync(dataFolder, { recursive: true });
  const lock = lockFolder(dataFolder);
  const keysFile = join(dataFolder, 'host-keys.json');
  const keysAreNew = !existsSync(keysFile);
  const keys = readKeys(keysFile);
  const db = openDatabase(join(dataFolder, 'host.sqlite'));
  const links = { taskHub: settings.taskHub, key: keys.durabletask };
  const ready = readiness();
  let app: AppProcess | null = null;
  let http: readonly HttpFunction[] = [];
  let timers = { stop: () => {} };

  const theApp = (): AppProcess => {
    if (!app) throw new Error('The function app is not started yet.');
    return app;
  };
  const calls = callsOf({
    app: theApp,
    clientBinding: () => clientBindingText(server.url, links),
    whenReady: ready.wait,
    log,
    observe: options.observe,
  });
  const isAppReady = () => app?.isReady() ?? false;
  const durable = durableExtension({ db, clock, settings, log, isAppReady, call: calls.callNamed });
  const server = await listen(
    options.port,
    router({
      management: () => ({ ...durable, clock, links }),
      app: theApp,
      calls,
      whenReady: ready.wait,
      httpFunctions: () => http,
      routePrefix,
      keys,
      asksForKeys,
    }),
    log,
  );

  const take = (functions: readonly AppFunction[]) => {
    http = httpFunctions(functions, log);
    warnOfUnsupported(functions, log);
    timers.stop();
    timers = startTimers(functions, {
      db,
      clock,
      log,
      settings: env,
      call: (fn, data, retry) => calls.callPatiently(fn, data, {}, retry),
    });
  };
  let known = '';
  app = startApp({
    folder: appFolder,
    files,
    env: {
      ...env,
      WEBSITE_HOSTNAME: server.url.replace('http://', ''),
      FUNCTIONS_WORKER_RUNTIME: 'node',
      AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    },
    functionTimeout: settings.functionTimeoutMs,
    whyDisabled: (name) => whyDisabled(name, env, settings.onlyFunctions),
    log,
    onReady: (first) => {
      const functions = theApp().functions();
      const shown = JSON.stringify(functions);
      if (shown !== known) take(functions);
      known = shown;
      ready.set(true);
      durable.appIsReady(functions);
      const { url } = server;
      options.onAppReady({ url, appPid: theApp().pid(), keys, keysFile, keysAreNew, functions, routePrefix }, first);
    },
    onLoadFailed: (message) => options.onLoadFailed?.(message),
    onGone: () => ready.set(false),
  });

  const stop = async () => {
    timers.stop();
    durable.stop();
    await theApp().stop();
    await server.close();
    db.close();
    lock.release();
  };
  let stopping: Promise<void> | null = null;
  return {
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
