import { z } from 'zod';
import { ArmError, invalidRequest, methodNotAllowed } from './arm-error.ts';
import { authorize, authorizeLinked, type Grant } from './authorize.ts';
import { refuseBusy } from './busy.ts';
import { finishWrite, storeBody, storeWritten, withState } from './changes.ts';
import type { ArmRequest, ArmResponse, ErrorBody } from './exchange.ts';
import { isObject, type JsonObject, objectOf } from './json.ts';
import { refuseLocked } from './locks.ts';
import type { Operation } from './operation.ts';
import { operationHeaders, supersede } from './operations.ts';
import { refuseDisallowed } from './policy.ts';
import { checkPreconditions } from './preconditions.ts';
import { refuseUnregistered } from './registration.ts';
import { originOf } from './requests.ts';
import type { ResourceId } from './resource-id.ts';
import type { ResourceBody, ResourceType, Write } from './resource-type.ts';
import { etagHeader, shown } from './show.ts';
import { canonicalId, requireContainers, requireHome, requireParent, requireResource, writable } from './target.ts';
import type { World } from './world.ts';

/** Answers a PUT: 201 for a new resource, 200 for an existing one, with an operation where the type has one. */
export function putResource(world: World, type: ResourceType, path: ResourceId, request: ArmRequest): ArmResponse {
  if (!type.verbs.includes('PUT')) throw methodNotAllowed('PUT', type.type);
  const action = `${type.actions ?? type.type}/write`;
  const asked = { request: type.attributes?.(objectOf(objectOf(request.body).properties)) };
  const grant = authorize(world, request.caller, action, path.id, asked);
  requireContainers(world, path);
  requireHome(world, type, path);
  refuseUnregistered(world, path.subscriptionId, type.type.split('/')[0] ?? '');
  refuseLocked(world, path.id, 'write');
  requireParent(world, type, path);
  const write = writeOf(world, type, path, request);
  checkPreconditions(request, write.before, type);
  const after = type.shape(write);
  for (const linked of type.linkedRights?.(world, after) ?? [])
    authorizeLinked(world, request.caller, action, path.id, linked);
  refuseDisallowed(world, after);
  type.check?.(write, after);
  const holds = [path.key, ...(type.holds?.(after) ?? []).map((id) => id.toLowerCase())];
  const replaced = refuseBusy(world, type, path.id, holds);
  const duration = type.durations?.put?.(world, write.before);
  if (duration === undefined) return putAtOnce(world, type, write, after, request, grant);
  const operation = newOperation(world, request, grant, {
    kind: 'put',
    id: write.id,
    body: after,
    duration,
    holds,
    existed: write.before !== undefined,
  });
  if (replaced !== undefined) supersede(world, replaced, operation.id);
  const resource = storeBody(world, type, withState(after, 'Updating'));
  world.store.putOperation(operation);
  const headers = {
    ...operationHeaders(world, operation, request.query.get('api-version') ?? ''),
    'x-ms-request-id': operation.id,
  };
  return { status: write.before === undefined ? 201 : 200, headers, body: shown(world, resource) };
}

/** Answers a PATCH: the tags, or what the type's own patch says; at once. */
export function patchResource(world: World, type: ResourceType, path: ResourceId, request: ArmRequest): ArmResponse {
  if (!type.verbs.includes('PATCH')) throw methodNotAllowed('PATCH', type.type);
  const grant = authorize(world, request.caller, `${type.actions ?? type.type}/write`, path.id);
  const resource = requireResource(world, type, path);
  refuseLocked(world, path.id, 'write');
  checkPreconditions(request, resource.body, type);
  refuseBusy(world, { ...type, supersedes: false }, path.id, [path.key]);
  const write = { ...writeOf(world, type, path, request), before: resource.body };
  const tags = isObject(write.body.tags) ? { tags: write.body.tags } : undefined;
  const after = type.patch?.(write) ?? { ...resource.body, ...tags };
  refuseDisallowed(world, after);
  const failure = scriptedFailure(request);
  if (failure !== undefined) throw new ArmError(409, failure);
  // Neither checked nor completed again: tags can be set even where what the resource refers to has gone.
  storeWritten(world, type, after, originOf(world, request, grant, true));
  const patched = requireResource(world, type, write.id);
  return { status: 200, headers: etagHeader(world, patched), body: shown(world, patched) };
}

const never = Number.MAX_SAFE_INTEGER;

/** What a new operation does: to which resource, for how long, and what it holds meanwhile. */
export type Deed = {
  readonly kind: 'put' | 'delete' | 'move';
  readonly id: ResourceId;
  readonly body: ResourceBody;
  /** What the operation needs to know at its end. */
  readonly details?: JsonObject;
  readonly duration: number;
  readonly holds: readonly string[];
  readonly existed: boolean;
};

/** A new operation on a resource, for a request. */
export function newOperation(world: World, request: ArmRequest, grant: Grant, deed: Deed): Operation {
  const now = world.clock.now();
  return {
    id: world.newGuid(),
    kind: deed.kind,
    resourceId: deed.id.id,
    subscriptionId: deed.id.subscriptionId ?? '',
    location: deed.body.location ?? 'global',
    status: 'InProgress',
    startedAt: now,
    dueAt: request.operationFault === 'never' ? never : Number.isFinite(deed.duration) ? now + deed.duration : null,
    failure: scriptedFailure(request),
    holds: deed.holds,
    origin: originOf(world, request, grant, deed.existed),
    body: deed.details,
  };
}

function scriptedFailure({ operationFault }: ArmRequest): ErrorBody | undefined {
  return operationFault === 'never' ? undefined : operationFault;
}

function putAtOnce(
  world: World,
  type: ResourceType,
  write: Write,
  after: ResourceBody,
  request: ArmRequest,
  grant: Grant,
): ArmResponse {
  const existed = write.before !== undefined;
  const failure = scriptedFailure(request) ?? finishWrite(world, type, after, originOf(world, request, grant, existed));
  if (failure !== undefined) throw new ArmError(409, failure);
  const resource = requireResource(world, type, write.id);
  return {
    status: type.putStatus ?? (existed ? 200 : 201),
    headers: etagHeader(world, resource),
    body: shown(world, resource),
  };
}

function writeOf(world: World, type: ResourceType, path: ResourceId, request: ArmRequest): Write {
  const before = writable(world, type, path)?.body;
  // An existing resource keeps the casing it was made with.
  const id =
    before === undefined
      ? canonicalId(world, type, path)
      : { ...path, id: before.id, name: before.name, type: type.type };
  return { world, id, body: bodyOf(request), before, principalId: request.caller.principalId };
}

const requestBody = z.looseObject({
  location: z.string().optional(),
  tags: z.record(z.string(), z.string()).nullish(),
  properties: z.looseObject({}).nullish(),
});

function bodyOf(request: ArmRequest): JsonObject {
  const problem = requestBody.safeParse(request.body).error?.issues[0];
  if (problem === undefined && isObject(request.body)) return request.body;
  const where = problem?.path.join('.') ?? '';
  throw invalidRequest(
    `The request content was invalid and could not be deserialized: '${where}: ${problem?.message}'.`,
    where,
  );
}
