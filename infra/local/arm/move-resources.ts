import { z } from 'zod';
import type { Action } from './core/arm.ts';
import { ArmError, invalidRequest, methodNotAllowed, resourceGroupNotFound } from './core/arm-error.ts';
import { authorize } from './core/authorize.ts';
import { refuseBusy } from './core/busy.ts';
import { isObject } from './core/json.ts';
import { refuseLocked } from './core/locks.ts';
import { operationHeaders } from './core/operations.ts';
import { parseResourceId } from './core/resource-id.ts';
import type { Resource } from './core/resource-type.ts';
import { requireResource } from './core/target.ts';
import type { World } from './core/world.ts';
import { newOperation } from './core/write.ts';
import { readBody } from './resource-types/request-body.ts';
import { resourceGroups } from './resource-types/resource-groups.ts';
import { refuseMove } from './resource-types/virtual-network-rules.ts';
import { virtualNetworks } from './resource-types/virtual-networks.ts';

const path = /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+)\/(moveResources|validateMoveResources)$/i;
const request = z.object({ resources: z.array(z.string()).min(1), targetResourceGroup: z.string() });

/** Moves virtual networks to another group or subscription (`POST …/moveResources`), or says beforehand whether that would do. */
export const moves: Action = {
  matches: (given) => path.test(given.path),
  answer(world, given) {
    const [, source = '', verb = ''] = path.exec(given.path) ?? [];
    const group = parseResourceId(source);
    if (given.method !== 'POST' || group === undefined) throw methodNotAllowed(given.method, resourceGroups.type);
    const { resources, targetResourceGroup } = readBody(request, isObject(given.body) ? given.body : {});
    const action = `${resourceGroups.actions}/${verb}/action`;
    const grant = authorize(world, given.caller, action, group.id);
    authorize(world, given.caller, `${resourceGroups.actions}/write`, targetResourceGroup);
    const { body } = requireResource(world, resourceGroups, group);
    const target = world.store.get(targetResourceGroup)?.body;
    if (target?.type !== resourceGroups.type) throw resourceGroupNotFound(targetResourceGroup.split('/').at(-1) ?? '');
    for (const locked of [body.id, target.id]) refuseLocked(world, locked, 'write');
    const moved = resources.map((id) => movable(world, body.id, target.id, id));
    if (/^validate/i.test(verb)) return { status: 204, headers: {} };
    for (const { key, body: each } of moved)
      refuseBusy(world, { ...virtualNetworks, supersedes: false }, each.id, [key]);
    const operation = newOperation(world, given, grant, {
      kind: 'move',
      id: { ...group, id: body.id },
      body,
      details: { resources: moved.map(({ key }) => key), targetResourceGroup: target.id },
      duration: world.times.move,
      holds: moved.map(({ key }) => key),
      existed: true,
    });
    world.store.putOperation(operation);
    return { status: 202, headers: operationHeaders(world, operation, given.query.get('api-version') ?? '') };
  },
};

function movable(world: World, source: string, target: string, id: string): Resource {
  const resource = world.store.get(id);
  if (resource === undefined || !resource.key.startsWith(`${source.toLowerCase()}/`))
    throw invalidRequest(`The resource '${id}' is not in the resource group '${source}'.`);
  if (resource.body.type !== virtualNetworks.type) {
    // What Azure can move is a list of its own; here it is one type.
    const message = `Resource move is not supported for resource types '${resource.body.type}'.`;
    throw new ArmError(400, { code: 'ResourceMoveNotSupported', message });
  }
  refuseMove(world, resource.body, target);
  return resource;
}
