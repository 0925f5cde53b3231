import { methodNotAllowed } from './arm-error.ts';
import { authorize } from './authorize.ts';
import { refuseBusy } from './busy.ts';
import { removeResource, storeBody, withState } from './changes.ts';
import type { ArmRequest, ArmResponse } from './exchange.ts';
import { refuseLocked } from './locks.ts';
import { operationHeaders } from './operations.ts';
import { checkPreconditions } from './preconditions.ts';
import { originOf } from './requests.ts';
import type { ResourceId } from './resource-id.ts';
import type { ResourceType } from './resource-type.ts';
import { shown } from './show.ts';
import { requireContainers, writable } from './target.ts';
import type { World } from './world.ts';
import { newOperation } from './write.ts';

/** Answers a DELETE: 202 with an operation, 200 where it is done at once, 204 when there was nothing. */
export function deleteResource(world: World, type: ResourceType, id: ResourceId, request: ArmRequest): ArmResponse {
  if (!type.verbs.includes('DELETE')) throw methodNotAllowed('DELETE', type.type);
  const resource = writable(world, type, id);
  const unconditional = resource === undefined && world.switches.conditionOnAbsent === 'ignore';
  const asked = { resource: type.attributes?.(resource?.body.properties ?? {}), unconditional };
  const grant = authorize(world, request.caller, `${type.actions ?? type.type}/delete`, id.id, asked);
  requireContainers(world, id);
  if (resource === undefined) return absent(type, id);
  refuseLocked(world, resource.body.id, 'delete');
  checkPreconditions(request, resource.body, type);
  type.checkDelete?.(world, resource.body);
  const holds = [id.key, ...(type.holds?.(resource.body) ?? []).map((held) => held.toLowerCase())];
  refuseBusy(world, { ...type, supersedes: false }, id.id, holds);
  const duration = type.durations?.delete?.(world);
  if (duration === undefined) {
    const gone = shown(world, resource);
    removeResource(world, resource, originOf(world, request, grant, true));
    return { status: 200, headers: {}, body: type.showsDeleted ? gone : undefined };
  }
  const own = { ...id, id: resource.body.id };
  const operation = newOperation(world, request, grant, {
    kind: 'delete',
    id: own,
    body: resource.body,
    duration,
    holds,
    existed: true,
  });
  storeBody(world, type, withState(resource.body, 'Deleting'));
  world.store.putOperation(operation);
  const headers = operationHeaders(world, operation, request.query.get('api-version') ?? '');
  return { status: 202, headers: { ...headers, 'x-ms-request-id': operation.id } };
}

function absent(type: ResourceType, id: ResourceId): ArmResponse {
  if (type.missingOnDelete !== undefined) throw type.missingOnDelete(id);
  return { status: 204, headers: {} };
}
