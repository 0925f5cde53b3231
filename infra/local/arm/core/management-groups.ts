import { objectOf, stringOf } from './json.ts';
import type { World } from './world.ts';

export const managementGroupType = 'Microsoft.Management/managementGroups';

/** The id of a management group, in lower case. */
export function managementGroupKey(name: string): string {
  return `/providers/${managementGroupType}/${name}`.toLowerCase();
}

/** Keys of the management groups that hold the subscription of a scope, nearest first; an estate says which. */
export function managementGroupsAbove(world: World, scope: string): readonly string[] {
  const subscriptionId = /^\/subscriptions\/([^/]+)/i.exec(scope)?.[1];
  if (subscriptionId === undefined) return [];
  const name = stringOf(world.store.get(`/subscriptions/${subscriptionId}`)?.body.properties.managementGroup);
  return name === undefined ? [] : chainFrom(world, managementGroupKey(name), []);
}

function chainFrom(world: World, key: string, below: readonly string[]): readonly string[] {
  const parent = stringOf(objectOf(objectOf(world.store.get(key)?.body.properties.details).parent).id)?.toLowerCase();
  const chain = [...below, key];
  return parent === undefined || chain.includes(parent) ? chain : chainFrom(world, parent, chain);
}
