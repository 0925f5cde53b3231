import { createRequire } from 'node:module';
import { type App, composeWith, type Outside } from '../../../functions/composition.ts';
import { type Handler, provideCoreModule, type Registry } from '../../../infra/local/host/app/core-module.ts';
import { invoke } from '../../../infra/local/host/app/invoke.ts';
import type { AppFunction, InvocationRequest, InvocationResult } from '../../../infra/local/host/app/protocol.ts';
import { isOfNextVersion, nextVersionOf, registerNextVersion } from './next-version.ts';

// The product itself, loaded once into this process, as a worker loads it. Which world it works in is said by `useWorld`.

/** The settings that every simulated app has; nothing is ever asked at these addresses. */
export const appSettings = {
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  FLOWKEEPER_DEPLOYMENT: 'simulated',
  FLOWKEEPER_LOG_LEVEL: 'error',
};

/** What the durable client sends, and gets. */
export type ClientRequest = { readonly method: string; readonly url: string; readonly body: string };
export type ClientResponse = {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly data: string;
};

/** A bug that is put into the product from outside: around what it takes from outside, or in place of an activity. */
export type Plant = {
  readonly outside?: (outside: Outside) => Outside;
  readonly activities?: Readonly<Record<string, (original: Handler) => Handler>>;
  readonly carrier?: (original: typeof carry) => typeof carry;
};

let registry: Registry | null = null;
let plant: Plant = {};
let isNextVersion = false;
let carry: (request: ClientRequest) => Promise<ClientResponse> = () => Promise.reject(new Error('There is no world.'));

/** Loads the product; the second call finds it loaded. */
export async function loadApp(): Promise<readonly AppFunction[]> {
  if (!registry) {
    registry = provideCoreModule(() => {});
    Object.assign(process.env, appSettings);
    // What the `uuid` library and the SDKs ask for random GUIDs.
    Object.defineProperty(globalThis.crypto, 'randomUUID', { value: () => guid(`random guid ${guids++}`) });
    carryDurableClient();
    await import('../../../functions/main.ts');
    registerNextVersion();
    registry.isLoaded = true;
  }
  return [...registry.functions.values()].map(({ fn }) => fn).filter(({ name }) => !isOfNextVersion(name));
}

let guid: (name: string) => string = (name) => name;
let guids = 0;

/**
 * From now on the product is this app, its durable client is carried like this, and this is where its random GUIDs come from.
 * `isNext`: its orchestrators are those of the next version.
 */
export function useWorld(app: () => App, carrier: typeof carry, guidOf: typeof guid, isNext: boolean): void {
  composeWith(async () => app());
  isNextVersion = isNext;
  carry = plant.carrier?.(carrier) ?? carrier;
  guid = guidOf;
}

/** The next world's GUIDs are counted from the beginning, and its product has this bug. */
export function beginWorld(planted: Plant): void {
  guids = 0;
  plant = planted;
}

/** Calls a function of the product, as the worker does. */
export async function invokeApp(request: InvocationRequest, log: (line: string) => void): Promise<InvocationResult> {
  if (!registry) throw new Error('The app is not loaded.');
  return invoke(planted(registry, request.functionName), request, (_level, _system, message) => log(message));
}

/** The functions with another in place of the original: of the next version, or a planted one. */
function planted(loaded: Registry, name: string): Registry {
  const registered = loaded.functions.get(name);
  const next = isNextVersion ? loaded.functions.get(nextVersionOf(name)) : undefined;
  const wrap = plant.activities?.[name];
  if (!registered || !(wrap || next)) return loaded;
  const { handler } = next ?? registered;
  return { ...loaded, functions: new Map([[name, { ...registered, handler: wrap?.(handler) ?? handler }]]) };
}

/** The SDK's durable client speaks HTTP through axios, which lets others carry its requests. */
function carryDurableClient(): void {
  const require = createRequire(import.meta.resolve('durable-functions'));
  require('axios').defaults.adapter = async (config: Config) => {
    const { method = 'get', url = '', data } = config;
    const response = await carry({ method: method.toUpperCase(), url, body: typeof data === 'string' ? data : '' });
    return { ...response, statusText: '', config, request: null };
  };
}

type Config = { readonly method?: string; readonly url?: string; readonly data?: unknown };
