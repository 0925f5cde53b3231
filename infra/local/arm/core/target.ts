import { parentNotFound, resourceGroupNotFound, resourceNotFound, subscriptionNotFound } from './arm-error.ts';
import {
  parentOf,
  parseResourceId,
  type ResourceId,
  resourceGroupType,
  subscriptionPath,
  subscriptionType,
  typedName,
} from './resource-id.ts';
import type { Resource, ResourceType } from './resource-type.ts';
import { unknownType } from './versions.ts';
import { typeNamed, type World } from './world.ts';

/** The resource that a request names; 404 in ARM's words for what is missing: subscription, group or the resource itself. */
export function requireResource(world: World, type: ResourceType, id: ResourceId): Resource {
  requireContainers(world, id);
  const resource = type.find === undefined ? world.store.get(id.id) : type.find(world, id);
  if (resource !== undefined) return resource;
  throw type.notFound?.(id) ?? notFound(type, id);
}

/** The resource that can be written at this id: in the store, or a part of its parent. */
export function writable(world: World, type: ResourceType | undefined, id: ResourceId): Resource | undefined {
  return type?.part === undefined ? world.store.get(id.id) : type.find?.(world, id);
}

/** Refuses when the subscription or the resource group of an id does not exist. */
export function requireContainers(world: World, id: ResourceId): void {
  requireSubscription(world, id.subscriptionId);
  if (id.resourceGroup !== undefined && id.type !== resourceGroupType) requireGroup(world, id);
}

/** Refuses a write of a type that lives in resource groups outside of one, and of one that lives on a resource without it. */
export function requireHome(world: World, type: ResourceType, id: ResourceId): void {
  if (type.home === 'resourceGroup' && id.resourceGroup === undefined) throw unknownType(type.type);
  if (type.home !== 'extension' || !id.scope.includes('/') || world.store.get(id.scope) !== undefined) return;
  const scope = parseResourceId(id.scope);
  const scopeType = typeNamed(world, scope?.type ?? '');
  if (scope !== undefined && scopeType !== undefined) throw scopeType.notFound?.(scope) ?? notFound(scopeType, scope);
}

/** Refuses when a list's subscription does not exist. */
export function requireSubscription(world: World, subscriptionId: string | undefined): void {
  if (subscriptionId === undefined || world.store.get(subscriptionPath(subscriptionId)) !== undefined) return;
  throw subscriptionNotFound(subscriptionId);
}

/** Refuses a write whose parent resource does not exist. */
export function requireParent(world: World, type: ResourceType, id: ResourceId): void {
  const parent = parentOf(id);
  if (parent === undefined || world.store.get(parent) !== undefined) return;
  throw parentNotFound(parseResourceId(parent)?.name ?? type.type);
}

/**
 * The id as Azure shows it: its own casing for everything but names, and the group's casing as it was created with.
 */
export function canonicalId(world: World, type: ResourceType, id: ResourceId): ResourceId {
  const scope = canonicalScope(world, id.scope);
  const text = type.canonicalId?.(canonicalText(type, scope, id)) ?? canonicalText(type, scope, id);
  return { ...id, id: text, scope, type: type.type };
}

function canonicalText(type: ResourceType, scope: string, id: ResourceId): string {
  if (type.type === subscriptionType) return subscriptionPath(id.name);
  if (type.type === resourceGroupType) return `${scope}/resourceGroups/${id.name}`;
  return `${scope}/providers/${typedName(type.type, id.names)}`;
}

function canonicalScope(world: World, scope: string): string {
  return world.store.get(scope)?.body.id ?? scope;
}

function requireGroup(world: World, id: ResourceId): void {
  const group = `${subscriptionPath(id.subscriptionId ?? '')}/resourceGroups/${id.resourceGroup}`;
  if (world.store.get(group) === undefined) throw resourceGroupNotFound(id.resourceGroup ?? '');
}

function notFound(type: ResourceType, id: ResourceId): Error {
  if (type.type === resourceGroupType) return resourceGroupNotFound(id.name);
  return resourceNotFound(typedName(type.type, id.names), id.resourceGroup);
}
