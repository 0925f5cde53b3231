import { type AppFunction, type InvocationResult, triggerOf } from '../app/protocol.ts';
import type { Clock } from '../clock.ts';
import type { HostSettings } from '../config/host-json.ts';
import { HTTP_ACTIVITY } from '../engine/durable-http.ts';
import { type EngineSettings, findName } from '../engine/settings.ts';
import type { Log } from '../log.ts';
import { oncePerKey } from '../warnings.ts';
import { type Commands, commandsOf } from './commands.ts';
import type { Database } from './database.ts';
import { startDispatcher } from './dispatcher.ts';
import { httpActivity } from './http-activity.ts';
import { openStore, type Store } from './store.ts';

/** What the durable extension is in the real host: it keeps instances, runs them, and takes clients' orders. */
export interface DurableExtension {
  readonly store: Store;
  readonly commands: Commands;
  /** What the engine knows of the app now. */
  settings(): EngineSettings;
  /** The app is there (again), with these functions: what it had in hand when it died is repeated. */
  appIsReady(functions: readonly AppFunction[]): void;
  stop(): void;
}

export interface ExtensionOptions {
  db: Database;
  clock: Clock;
  settings: HostSettings;
  log: Log;
  isAppReady: () => boolean;
  /** Calls the function of that name and trigger; rejects when the app's process is gone. */
  call: (name: string, trigger: string, data: string | null) => Promise<InvocationResult>;
}

/** Takes up what the database holds, as soon as the app is there. */
export function durableExtension(options: ExtensionOptions): DurableExtension {
  const { db, clock, settings, call } = options;
  const log = (level: 'warn' | 'error', message: string) =>
    options.log({ level, category: 'Host.Triggers.DurableTask', message });
  const hazard = oncePerKey((name, what) =>
    log('warn', `The orchestrator function '${name}' may not do what it should: ${what}.`),
  );
  const stuck = oncePerKey((instanceId, reason) =>
    log(
      'warn',
      `The instance '${instanceId}' can never go on by itself: ${reason}. Terminate it, or it stays in this state for ever, as it would on Azure.`,
    ),
  );
  const store = openStore(db);
  let engine = engineSettings([], settings.defaultVersion);
  const dispatcher = startDispatcher({
    store,
    clock,
    settings: () => engine,
    versionMatch: settings.versionMatch,
    maxOrchestrators: settings.maxOrchestrators,
    maxActivities: settings.maxActivities,
    isAppReady: options.isAppReady,
    callOrchestrator: (name, payload) => call(name, 'orchestrationTrigger', payload),
    callActivity: (name, input) =>
      name === HTTP_ACTIVITY
        ? httpActivity(input)
        : call(findName(engine.activities, name) ?? name, 'activityTrigger', input),
    warn: stuck,
    hazard,
    onError: (instanceId, error) =>
      log('error', `The work of the instance '${instanceId}' failed in the host, it is repeated: ${String(error)}`),
  });
  return {
    store,
    commands: commandsOf({ store, clock, ...settings, wake: dispatcher.wake, hazard }),
    settings: () => engine,
    appIsReady: (functions) => {
      engine = engineSettings(functions, settings.defaultVersion);
      dispatcher.resume();
    },
    stop: dispatcher.stop,
  };
}

function engineSettings(functions: readonly AppFunction[], defaultVersion: string | null): EngineSettings {
  const named = (trigger: string) =>
    new Set(functions.filter((fn) => triggerOf(fn).binding.type === trigger).map(({ name }) => name));
  return {
    orchestrators: named('orchestrationTrigger'),
    activities: named('activityTrigger'),
    entities: named('entityTrigger'),
    defaultVersion,
  };
}
