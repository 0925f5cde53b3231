import { ArmError } from './arm-error.ts';
import type { World } from './world.ts';

const type = 'Microsoft.Resources/providers';
const registrationMilliseconds = 1_000;
// Providers of every subscription that cannot be unregistered.
const alwaysThere = [
  'microsoft.authorization',
  'microsoft.resources',
  'microsoft.management',
  'microsoft.resourcegraph',
];

/** Says whether a resource provider is registered in a subscription; all are, unless someone took it back. */
export function isRegistered(world: World, subscriptionId: string, namespace: string): boolean {
  return registrationOf(world, subscriptionId, namespace) === 'Registered';
}

/** The state of a registration: `Registering` for a moment after it was asked for. */
export function registrationOf(
  world: World,
  subscriptionId: string,
  namespace: string,
): 'Registered' | 'Registering' | 'NotRegistered' {
  const known = world.store.get(pathOf(subscriptionId, namespace))?.body;
  if (known === undefined) return 'Registered';
  if (known.properties.registered !== true) return 'NotRegistered';
  return Number(known.properties.since) + registrationMilliseconds <= world.clock.now() ? 'Registered' : 'Registering';
}

/** Registers a provider in a subscription, or takes the registration back. */
export function setRegistration(world: World, subscriptionId: string, namespace: string, registered: boolean): void {
  const id = pathOf(subscriptionId, namespace);
  if (registered && isRegistered(world, subscriptionId, namespace)) return;
  const body = { id, name: namespace, type, properties: { registered, since: world.clock.now() } };
  world.store.put({ key: id.toLowerCase(), body, createdAt: world.clock.now() });
}

/** Refuses with 409 `MissingSubscriptionRegistration` what needs a provider that is not registered. */
export function refuseUnregistered(world: World, subscriptionId: string | undefined, namespace: string): void {
  if (subscriptionId === undefined || alwaysThere.includes(namespace.toLowerCase())) return;
  if (isRegistered(world, subscriptionId, namespace)) return;
  const message = `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`;
  throw new ArmError(409, { code: 'MissingSubscriptionRegistration', message }, { 'x-ms-failure-cause': 'gateway' });
}

function pathOf(subscriptionId: string, namespace: string): string {
  return `/subscriptions/${subscriptionId}/providers/${namespace}`;
}
