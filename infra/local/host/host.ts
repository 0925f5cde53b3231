import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AppProcess, startApp } from './app/app-process.ts';
import { callsOf, type Invocation } from './app/calls.ts';
import { whyDisabled } from './app/enabled.ts';
import { type AppFunction, triggerOf } from './app/protocol.ts';
import { warnOfUnsupported } from './app/supported.ts';
import { type Clock, systemClock } from './clock.ts';
import { readHostJson } from './config/host-json.ts';
import { commandsOf } from './durable/commands.ts';
import { openDatabase } from './durable/database.ts';
import { type Dispatcher, startDispatcher } from './durable/dispatcher.ts';
import { lockFolder } from './durable/folder-lock.ts';
import { httpActivity } from './durable/http-activity.ts';
import { openStore } from './durable/store.ts';
import { HTTP_ACTIVITY } from './engine/durable-http.ts';
import { type EngineSettings, findName } from './engine/settings.ts';
import { type HostKeys, readKeys } from './http/keys.ts';
import { router } from './http/router.ts';
import { listen } from './http/server.ts';
import type { Log } from './log.ts';
import { clientBindingText } from './management/links.ts';
import { readiness } from './readiness.ts';
import { type HttpFunction, httpFunctions } from './triggers/http.ts';
import { startTimers } from './triggers/timers.ts';
import { oncePerKey } from './warnings.ts';

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
  const { log, clock = systemClock } = options;
  const settings = readHostJson(options.appFolder, options.env);
  mkdirSync(options.dataFolder, { recursive: true });
  const lock = lockFolder(options.dataFolder);
  const keysFile = join(options.dataFolder, 'host-keys.json');
  const keysAreNew = !existsSync(keysFile);
  const keys = readKeys(keysFile);
  const db = openDatabase(join(options.dataFolder, 'host.sqlite'));
  const store = openStore(db);
  const links = { taskHub: settings.taskHub, key: keys.durabletask };
  const ready = readiness();
  let http: readonly HttpFunction[] = [];
  let timers = { stop: () => {} };
  let app: AppProcess | null = null;
  let dispatcher: Dispatcher | null = null;
  let engine = engineSettings([], settings.defaultVersion);

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
  const callByName = async (name: string, type: string, data: string | null) => {
    const fn = theApp()
      .functions()
      .find((one) => one.name === name && triggerOf(one).binding.type === type);
    if (!fn) return { ok: false as const, message: `The function '${name}' doesn't exist.`, stack: '' };
    return calls.call(fn, data === null ? null : { string: data });
  };
  const durableWarning = (message: string) => log({ level: 'warn', category: 'Host.Triggers.DurableTask', message });
  const hazard = oncePerKey((name, what) =>
    durableWarning(`The orchestrator function '${name}' may not do what it should: ${what}.`),
  );
  const commands = commandsOf({
    store,
    clock,
    ...settings,
    wake: (instanceId) => dispatcher?.wake(instanceId),
    hazard,
  });
  const server = await listen(
    options.port,
    router({
      management: () => ({ store, commands, clock, links, settings: () => engine }),
      app: theApp,
      calls,
      whenReady: ready.wait,
      httpFunctions: () => http,
      routePrefix: settings.routePrefix,
      keys,
      asksForKeys: options.asksForKeys,
    }),
    log,
  );

  const warnOnce = oncePerKey((instanceId, reason) =>
    durableWarning(
      `The instance '${instanceId}' can never go on by itself: ${reason}. Terminate it, or it stays in this state for ever, as it would on Azure.`,
    ),
  );
  dispatcher = startDispatcher({
    store,
    clock,
    settings: () => engine,
    versionMatch: settings.versionMatch,
    maxOrchestrators: settings.maxOrchestrators,
    maxActivities: settings.maxActivities,
    isAppReady: () => app?.isReady() ?? false,
    callOrchestrator: (name, payload) => callByName(name, 'orchestrationTrigger', payload),
    callActivity: (name, input) =>
      name === HTTP_ACTIVITY
        ? httpActivity(input)
        : callByName(findName(engine.activities, name) ?? name, 'activityTrigger', input),
    warn: warnOnce,
    hazard,
    onError: (instanceId, error) =>
      log({
        level: 'error',
        category: 'Host.Triggers.DurableTask',
        message: `The work of the instance '${instanceId}' failed in the host, it is repeated: ${String(error)}`,
      }),
  });

  let known = '';
  app = startApp({
    folder: options.appFolder,
    env: {
      ...options.env,
      WEBSITE_HOSTNAME: server.url.replace('http://', ''),
      FUNCTIONS_WORKER_RUNTIME: 'node',
      AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    },
    functionTimeout: settings.functionTimeoutMs,
    whyDisabled: (name) => whyDisabled(name, options.env, settings.onlyFunctions),
    log,
    onReady: (first) => {
      const functions = theApp().functions();
      if (JSON.stringify(functions) !== known) {
        known = JSON.stringify(functions);
        engine = engineSettings(functions, settings.defaultVersion);
        http = httpFunctions(functions, log);
        warnOfUnsupported(functions, log);
        timers.stop();
        timers = startTimers(functions, {
          db,
          clock,
          log,
          settings: options.env,
          call: (fn, data, retry) => calls.callPatiently(fn, data, {}, retry),
        });
      }
      ready.set(true);
      dispatcher?.resume();
      const { routePrefix } = settings;
      const info = { url: server.url, appPid: theApp().pid(), keys, keysFile, keysAreNew, functions, routePrefix };
      options.onAppReady(info, first);
    },
    onLoadFailed: (message) => options.onLoadFailed?.(message),
    onGone: () => ready.set(false),
  });

  const stop = async () => {
    timers.stop();
    dispatcher?.stop();
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

function engineSettings(functions: readonly AppFunction[], defaultVersion: string | null): EngineSettings {
  const named = (type: string) =>
    new Set(functions.filter((fn) => triggerOf(fn).binding.type === type).map(({ name }) => name));
  return {
    orchestrators: named('orchestrationTrigger'),
    activities: named('activityTrigger'),
    entities: named('entityTrigger'),
    defaultVersion,
  };
}
