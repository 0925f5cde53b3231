import { raise } from '../events/raise.ts';
import type { ErrorBody } from './exchange.ts';
import { stringOf } from './json.ts';
import type { Origin } from './operation.ts';
import { parentOf, parseResourceId } from './resource-id.ts';
import type { Resource, ResourceBody, ResourceType } from './resource-type.ts';
import { typeNamed, type World } from './world.ts';

/** Stores a body under a new etag. Returns what is now stored. */
export function storeBody(world: World, type: ResourceType, body: ResourceBody): Resource {
  if (type.part !== undefined) return storePart(world, type, type.part, body);
  const known = world.store.get(body.id);
  const tagged = type.etag === 'own' ? { ...body, etag: newEtag(world) } : body;
  const resource = { key: body.id.toLowerCase(), body: tagged, createdAt: known?.createdAt ?? world.clock.now() };
  world.store.put(resource);
  if (type.etag === 'parent') renewParentEtag(world, body.id);
  return resource;
}

function storePart(
  world: World,
  type: ResourceType,
  part: NonNullable<ResourceType['part']>,
  body: ResourceBody,
): Resource {
  part.put(world, body);
  const id = parseResourceId(body.id);
  const stored = id === undefined ? undefined : type.find?.(world, id);
  return stored ?? { key: body.id.toLowerCase(), body, createdAt: world.clock.now() };
}

/** The body with another provisioning state; unchanged for types that have none. */
export function withState(body: ResourceBody, provisioningState: string): ResourceBody {
  if (stringOf(body.properties.provisioningState) === undefined) return body;
  return { ...body, properties: { ...body.properties, provisioningState } };
}

/**
 * Ends a write: the body as its type completes it, its event and what Azure makes in consequence. Returns the error
 * with which the write ended instead, the resource then being left `Failed`.
 */
export function finishWrite(
  world: World,
  type: ResourceType,
  body: ResourceBody,
  origin: Origin,
): ErrorBody | undefined {
  const completed = type.complete?.(world, body) ?? body;
  if (isError(completed)) {
    failWrite(world, type, body, origin);
    return completed;
  }
  const resource = storeWritten(world, type, withState(completed, 'Succeeded'), origin);
  for (const { afterMilliseconds, id, body: wanted } of type.followUps?.(world, resource.body) ?? []) {
    world.store.putOperation({
      id: world.newGuid(),
      kind: 'followUp',
      resourceId: id,
      subscriptionId: parseResourceId(id)?.subscriptionId ?? '',
      location: stringOf(wanted.location) ?? '',
      status: 'InProgress',
      startedAt: world.clock.now(),
      dueAt: world.clock.now() + afterMilliseconds,
      holds: [],
      origin,
      body: wanted,
    });
  }
  return undefined;
}

/** Stores a body and raises the event of a successful write; its provisioning state is left as it is. */
export function storeWritten(world: World, type: ResourceType, body: ResourceBody, origin: Origin): Resource {
  const resource = storeBody(world, type, body);
  raise(world, { body: resource.body, verb: 'write', outcome: 'Success', origin });
  return resource;
}

/** Leaves a resource `Failed`, as Azure does when an operation fails, and raises the event of it. */
export function failWrite(world: World, type: ResourceType, body: ResourceBody, origin: Origin): void {
  storeBody(world, type, withState(body, 'Failed'));
  raise(world, { body, verb: 'write', outcome: 'Failure', origin });
}

/** Removes a resource with its children and what it takes along, each with its event. */
export function removeResource(world: World, resource: Resource, origin: Origin): void {
  const type = typeNamed(world, resource.body.type);
  for (const child of childrenOf(world, resource)) removeResource(world, child, origin);
  if (type?.part === undefined) world.store.remove(resource.key);
  else type.part.remove(world, resource.body);
  if (type?.etag === 'parent') renewParentEtag(world, resource.body.id);
  raise(world, { body: resource.body, verb: 'delete', outcome: 'Success', origin });
  for (const id of type?.takesAlong?.(world, resource.body) ?? []) {
    const taken = world.store.get(id);
    if (taken !== undefined) removeResource(world, taken, origin);
  }
}

function childrenOf(world: World, resource: Resource): readonly Resource[] {
  const prefix = `${resource.body.type}/`.toLowerCase();
  const types = [...world.types.values()].filter((type) => type.type.toLowerCase().startsWith(prefix));
  return types.flatMap((type) => world.store.list(type.type, resource.key));
}

function renewParentEtag(world: World, id: string): void {
  const parsed = parseResourceId(id);
  const parent = parsed === undefined ? undefined : world.store.get(parentOf(parsed) ?? '');
  if (parent !== undefined) world.store.put({ ...parent, body: { ...parent.body, etag: newEtag(world) } });
}

/** An etag that no resource had before. */
export function newEtag(world: World): string {
  return `W/"${world.newGuid()}"`;
}

/** Says whether a type completed a write with an error. */
export function isError(completed: ResourceBody | ErrorBody): completed is ErrorBody {
  return 'code' in completed && 'message' in completed;
}
