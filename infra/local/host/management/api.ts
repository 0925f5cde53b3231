import type { OrderAnswer } from '../durable/commands.ts';
import { jsonText } from '../engine/dotnet-text.ts';
import { type EngineSettings, findName, unknownFunction } from '../engine/settings.ts';
import { isEnded } from '../engine/status.ts';
import { type HttpAnswer, type HttpRequest, header, json, notFound } from '../http/message.ts';
import { listAnswer, purgeAnswer } from './collection.ts';
import { badJson, invalidOperation, notImplemented } from './errors.ts';
import { firstJsonValue } from './first-json-value.ts';
import { decodeId } from './links.ts';
import { restartAnswer, type StartServices, startAnswer } from './start.ts';
import { statusAnswer } from './status.ts';

export interface ManagementServices extends StartServices {
  settings: () => EngineSettings;
}

/**
 * The HTTP API of the durable extension; `path` is what stands behind its base, still encoded. Status codes and bodies
 * are the recorded ones, odd ones included.
 */
export async function managementAnswer(
  services: ManagementServices,
  request: HttpRequest,
  path: string[],
): Promise<HttpAnswer> {
  const [area, first, second, third, ...rest] = path.at(-1) === '' ? path.slice(0, -1) : path;
  if (rest.length > 0) return notFound;
  if (area === 'orchestrators' && first && third === undefined) {
    if (request.method !== 'POST') return notFound;
    return startAnswer(services, request, decodeId(first), second === undefined ? null : decodeId(second));
  }
  if (area === 'entities') return entitiesAnswer(services, request, first);
  if (area !== 'instances') return notFound;
  if (first === undefined) {
    if (request.method === 'GET') return listAnswer(services.store, request);
    return request.method === 'DELETE' ? purgeAnswer(services.store, request) : notFound;
  }
  const id = decodeId(first);
  if (second === undefined) return instanceAnswer(services, request, id);
  if (request.method !== 'POST') return notFound;
  if (second.toLowerCase() === 'raiseevent' && third !== undefined)
    return raiseEventAnswer(services, request, id, decodeId(third));
  return third === undefined ? orderAnswer(services, request, id, second.toLowerCase()) : notFound;
}

function instanceAnswer({ store }: ManagementServices, request: HttpRequest, id: string): HttpAnswer {
  const instance = store.instance(id);
  if (!instance) return notFound;
  if (request.method === 'GET') return statusAnswer(store, instance, request);
  if (request.method !== 'DELETE') return notFound;
  if (!isEnded(instance.status) && !id.startsWith('@')) {
    return json(
      412,
      `Only orchestrations in a terminal state can be purged, but the orchestration with instance ID ${id} has status ${instance.status}`,
    );
  }
  return store.purge(id) ? json(200, { instancesDeleted: 1 }) : notFound;
}

function raiseEventAnswer(
  { store, commands }: ManagementServices,
  request: HttpRequest,
  id: string,
  name: string,
): HttpAnswer {
  const instance = store.instance(id);
  if (!instance) return notFound;
  if (isEnded(instance.status)) return { status: 410 };
  if (!/^application\/json\b/i.test(header(request, 'content-type') ?? '')) {
    return json(400, { Message: 'Only application/json request content is supported' });
  }
  try {
    const input = firstJsonValue(request.body.toString('utf8'));
    return toAnswer(commands.raiseEvent(id, name, jsonText(input)), 'raise an event of', id);
  } catch (error) {
    return badJson(error);
  }
}

async function orderAnswer(
  services: ManagementServices,
  request: HttpRequest,
  id: string,
  what: string,
): Promise<HttpAnswer> {
  const { store, commands } = services;
  const reason = request.url.searchParams.get('reason');
  switch (what) {
    case 'terminate':
      return toAnswer(commands.terminate(id, reason), what, id);
    case 'suspend':
      return toAnswer(commands.suspend(id, reason), what, id);
    case 'resume':
      return toAnswer(commands.resume(id, reason), what, id);
    case 'restart':
      return restartAnswer(services, request, store.instance(id), id);
    case 'rewind': {
      const instance = store.instance(id);
      if (!instance) return json(404, `No instance with ID '${id}' was found.`);
      if (instance.status === 'Failed') return notImplemented('Rewind is');
      return json(
        412,
        `This orchestration has status ${instance.status}, but only orchestrations in the "Failed" state can be rewound.`,
      );
    }
    default:
      return notFound;
  }
}

function toAnswer(answer: OrderAnswer, what: string, id: string): HttpAnswer {
  if (answer === 'accepted') return { status: 202 };
  if (answer === 'unknown') return notFound;
  if (answer === 'ended') return { status: 410 };
  return invalidOperation(
    `Cannot ${what} the orchestration instance ${id} because instance is in the ${answer.refusedIn} state.`,
  );
}

function entitiesAnswer({ settings }: ManagementServices, request: HttpRequest, name: string | undefined): HttpAnswer {
  const { entities } = settings();
  const asked = decodeId(name ?? '').toLowerCase();
  if (request.method === 'POST' && !findName(entities, asked))
    return json(400, { Message: unknownFunction(asked, 'entity', entities) });
  return notImplemented('Durable entities are');
}
