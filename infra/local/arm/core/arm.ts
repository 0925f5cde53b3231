import { ArmError, errorResponse, methodNotAllowed } from './arm-error.ts';
import type { ArmRequest, ArmResponse } from './exchange.ts';
import { endDueOperations, operationResultsType, pollOperation } from './operations.ts';
import { getResource, listResources } from './read.ts';
import { deleteResource } from './remove.ts';
import { parsePath, type ResourceId } from './resource-id.ts';
import { checkApiVersion, unknownType } from './versions.ts';
import { typeNamed, type World } from './world.ts';
import { patchResource, putResource } from './write.ts';

/** Requests that are not about resources of a type (Resource Graph, providers), and what answers them. */
export type Action = {
  readonly matches: (request: ArmRequest) => boolean;
  readonly answer: (world: World, request: ArmRequest) => ArmResponse;
};

/** Azure Resource Manager as a function: one request in, one answer out, all state in the world. */
export function answer(world: World, actions: readonly Action[], request: ArmRequest): ArmResponse {
  endDueOperations(world);
  try {
    const { past } = request;
    if (past === undefined) return dispatch(world, actions, request);
    return world.store.readPast(past, () => dispatch(world, actions, request));
  } catch (error) {
    if (error instanceof ArmError) return errorResponse(error);
    throw error;
  } finally {
    world.store.commit();
  }
}

function dispatch(world: World, actions: readonly Action[], request: ArmRequest): ArmResponse {
  const action = actions.find(({ matches }) => matches(request));
  if (action !== undefined) return action.answer(world, request);
  const poll = pollOf(request.path);
  if (poll !== undefined) return pollOperation(world, request, poll);
  const parsed = parsePath(request.path);
  if (parsed === undefined) throw invalidPath(request.path);
  const type = typeNamed(world, parsed.kind === 'resource' ? parsed.id.type : parsed.type);
  if (type === undefined) throw unknownType(parsed.kind === 'resource' ? parsed.id.type : parsed.type);
  checkApiVersion(type, request.query);
  if (parsed.kind === 'resource') return ofResource(world, type, parsed.id, request);
  if (request.method !== 'GET') throw methodNotAllowed(request.method, type.type);
  return listResources(world, type, parsed, request);
}

function ofResource(
  world: World,
  type: NonNullable<ReturnType<typeof typeNamed>>,
  id: ResourceId,
  request: ArmRequest,
) {
  if (request.method === 'GET') return getResource(world, type, id, request);
  if (request.method === 'HEAD') return { ...getResource(world, type, id, request), status: 204, body: undefined };
  if (request.method === 'PUT') return putResource(world, type, id, request);
  if (request.method === 'PATCH') return patchResource(world, type, id, request);
  if (request.method === 'DELETE') return deleteResource(world, type, id, request);
  throw methodNotAllowed(request.method, type.type);
}

function pollOf(path: string): ResourceId | undefined {
  const plain = /^\/subscriptions\/([^/]+)\/operationresults\/([^/]+)$/i.exec(path);
  const [, subscriptionId, name] = plain ?? [];
  if (subscriptionId !== undefined && name !== undefined) {
    return {
      id: path,
      key: path.toLowerCase(),
      scope: '',
      subscriptionId,
      resourceGroup: undefined,
      type: operationResultsType,
      names: [name],
      name,
    };
  }
  const parsed = parsePath(path);
  const isPoll = parsed?.kind === 'resource' && /\/locations\/operation(s|results)$/i.test(parsed.id.type);
  return isPoll ? parsed.id : undefined;
}

function invalidPath(path: string): ArmError {
  const message = `The request path '${path}' is not a resource, a collection or an action that is known here.`;
  return new ArmError(404, { code: 'InvalidResourceNamespace', message }, { 'x-ms-failure-cause': 'gateway' });
}
