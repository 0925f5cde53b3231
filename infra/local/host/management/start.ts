import type { Clock } from '../clock.ts';
import type { Commands } from '../durable/commands.ts';
import { outputValue } from '../durable/history-view.ts';
import type { Instance } from '../durable/instances.ts';
import type { Store } from '../durable/store.ts';
import { isEnded } from '../engine/status.ts';
import { type HttpAnswer, type HttpRequest, header, json } from '../http/message.ts';
import { badJson, exceptionAnswer } from './errors.ts';
import { firstJsonValue } from './first-json-value.ts';
import { encodeId, instanceLinks, type LinkOptions } from './links.ts';
import { statusAnswer } from './status.ts';

export interface StartServices {
  store: Store;
  commands: Commands;
  clock: Clock;
  links: LinkOptions;
}

/** `POST orchestrators/{name}[/{id}]`: the name is not checked, the body only as JSON; its text becomes the input. */
export async function startAnswer(
  services: StartServices,
  request: HttpRequest,
  name: string,
  instanceId: string | null,
): Promise<HttpAnswer> {
  let input: string | null;
  try {
    input = inputOf(request);
  } catch (error) {
    return badJson(error);
  }
  const query = request.url.searchParams;
  const answer = await services.commands.start({ name, instanceId, input, version: query.get('version') });
  if (answer.kind === 'exists') {
    return json(409, { Message: `An Orchestration instance with the status ${answer.status} already exists.` });
  }
  const timeout = Number(query.get('timeout'));
  const interval = Number(query.get('pollingInterval'));
  if (timeout > 0 && interval > 0) return waitForEnd(services, request, answer.instanceId, timeout, interval);
  return linksAnswer(services.links, request, answer.instanceId);
}

/** `POST instances/{id}/restart`: the same name and input, under a new id unless it is told to keep it. */
export async function restartAnswer(
  services: StartServices,
  request: HttpRequest,
  instance: Instance | undefined,
  id: string,
): Promise<HttpAnswer> {
  if (!instance) {
    const message = 'InstanceId does not match a valid orchestration instance.';
    return exceptionAnswer(
      400,
      message,
      'System.ArgumentException',
      `No instance with ID '${id}' was found. (Parameter 'instanceId')`,
    );
  }
  const keepId = request.url.searchParams.get('restartWithNewInstanceId')?.toLowerCase() === 'false';
  const answer = await services.commands.restart(instance, keepId);
  if (answer.kind === 'started') return linksAnswer(services.links, request, answer.instanceId);
  return exceptionAnswer(
    409,
    'A non-terminal instance with this instance ID already exists.',
    'DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException',
    `An Orchestration instance with the status ${answer.status} already exists.`,
  );
}

/** The raw text; null without a body. A POST with neither a length nor a body gives the empty text, which then fails. */
function inputOf(request: HttpRequest): string | null {
  if (request.body.length === 0) {
    const told = header(request, 'content-length') ?? header(request, 'transfer-encoding');
    return told === undefined ? '' : null;
  }
  const text = request.body.toString('utf8');
  firstJsonValue(text);
  return text;
}

function linksAnswer(links: LinkOptions, request: HttpRequest, instanceId: string): HttpAnswer {
  const addresses = instanceLinks(request.url.origin, encodeId(instanceId), links);
  return json(
    202,
    { id: instanceId, ...addresses },
    { location: addresses.statusQueryGetUri ?? '', 'retry-after': '10' },
  );
}

async function waitForEnd(
  services: StartServices,
  request: HttpRequest,
  instanceId: string,
  timeout: number,
  interval: number,
): Promise<HttpAnswer> {
  if (interval > timeout) {
    return json(400, { Message: `Total timeout ${timeout} should be bigger than retry timeout ${interval}` });
  }
  const { store, clock } = services;
  const end = clock.now() + timeout * 1000;
  for (;;) {
    const instance = store.instance(instanceId);
    if (instance && isEnded(instance.status)) {
      return instance.status === 'Completed'
        ? json(200, outputValue(instance.output))
        : statusAnswer(store, instance, request);
    }
    const now = clock.now();
    if (now >= end) return linksAnswer(services.links, request, instanceId);
    await new Promise<void>((resolve) => clock.at(Math.min(end, now + interval * 1000), resolve));
  }
}
