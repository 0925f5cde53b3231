import { raise } from '../events/raise.ts';
import { storeBody } from './changes.ts';
import type { ErrorBody } from './exchange.ts';
import { arrayOf, type JsonObject, objectOf, stringOf } from './json.ts';
import type { Operation } from './operation.ts';
import type { ResourceBody } from './resource-type.ts';
import { typeNamed, type World } from './world.ts';

/** Ends a move: the resources have ids in the other group, and the one event is about the group that they left. */
export function moveResources(world: World, operation: Operation): ErrorBody | undefined {
  const { resources, targetResourceGroup } = objectOf(operation.body);
  for (const id of arrayOf(resources)) moveOne(world, String(id), stringOf(targetResourceGroup) ?? '');
  const group = world.store.get(operation.resourceId)?.body;
  if (group !== undefined)
    raise(world, { body: group, verb: 'moveResources/action', outcome: 'Success', origin: operation.origin });
  return undefined;
}

function moveOne(world: World, id: string, targetGroup: string): void {
  const resource = world.store.get(id);
  const type = typeNamed(world, resource?.body.type ?? '');
  const group = world.store.get(targetGroup)?.body.id;
  if (resource === undefined || type === undefined || group === undefined) return;
  const newId = `${group}${resource.body.id.slice(resource.body.id.toLowerCase().lastIndexOf('/providers/'))}`;
  world.store.remove(resource.key);
  storeBody(world, type, renamed(resource.body, newId));
}

/** A body with its id, and those of its parts, in the other group. */
function renamed(body: ResourceBody, newId: string): ResourceBody {
  const properties: JsonObject = JSON.parse(JSON.stringify(body.properties).replaceAll(`${body.id}/`, `${newId}/`));
  return { ...body, id: newId, properties };
}
