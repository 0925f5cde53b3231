import { isoTime } from '../core/clock.ts';
import { type JsonObject, stringOf } from '../core/json.ts';
import type { Origin } from '../core/operation.ts';
import { parseResourceId, subscriptionPath } from '../core/resource-id.ts';
import type { ResourceBody } from '../core/resource-type.ts';
import { typeNamed, type World } from '../core/world.ts';
import { wants } from './subscription-match.ts';

/** Something that happened to a resource. */
export type Happening = {
  readonly body: ResourceBody;
  readonly verb: 'write' | 'delete' | `${string}/action`;
  readonly outcome: 'Success' | 'Failure';
  readonly origin: Origin;
};

const eventSubscriptionTypes = [
  'Microsoft.EventGrid/eventSubscriptions',
  'Microsoft.EventGrid/systemTopics/eventSubscriptions',
];

/**
 * Puts the event of a change on its way to every event subscription that wants it. The deliveries are stored with the
 * change itself, so an event is never lost and never tells what did not happen.
 */
export function raise(world: World, happening: Happening): void {
  const subscriptionId = parseResourceId(happening.body.id)?.subscriptionId;
  if (subscriptionId === undefined) return;
  const subscriptions = eventSubscriptionTypes.flatMap((type) =>
    world.store.list(type, subscriptionPath(subscriptionId)),
  );
  if (subscriptions.length === 0) return;
  const event = eventOf(world, happening, subscriptionId);
  for (const { key, body } of subscriptions) {
    if (stringOf(body.properties.provisioningState) !== 'Succeeded' || !wants(world, body, event)) continue;
    for (let copies = world.random() < world.switches.duplicateEvents ? 2 : 1; copies > 0; copies -= 1)
      send(world, key, event);
  }
}

function send(world: World, subscriptionKey: string, event: JsonObject): void {
  const publishedAt = world.clock.now();
  const dueAt = publishedAt + world.random() * world.switches.eventDelaySeconds * 1000;
  world.store.putDelivery({ id: world.newGuid(), subscriptionKey, event, attempts: 0, publishedAt, dueAt });
}

/** The event as Event Grid's own schema has it; a write names its resource group in lower case, a delete does not. */
function eventOf(world: World, { body, verb, outcome, origin }: Happening, subscriptionId: string): JsonObject {
  const declared = typeNamed(world, body.type);
  const operationName = `${declared?.actions ?? body.type}/${verb}`;
  const uri = verb === 'write' ? body.id.replace(/\/resourceGroups\//i, '/resourcegroups/') : body.id;
  return {
    subject: uri,
    eventType: `Microsoft.Resources.Resource${kindOf(verb)}${outcome}`,
    eventTime: isoTime(world.clock.now()),
    id: world.newGuid(),
    data: {
      authorization: { scope: uri, action: operationName, evidence: origin.evidence },
      claims: origin.claims,
      correlationId: origin.correlationId,
      httpRequest: origin.httpRequest,
      resourceProvider: body.type.split('/')[0],
      resourceUri: uri,
      operationName,
      status: outcome === 'Success' ? 'Succeeded' : 'Failed',
      subscriptionId,
      tenantId: world.tenantId,
    },
    dataVersion: '2',
    metadataVersion: '1',
    topic: subscriptionPath(subscriptionId),
  };
}

function kindOf(verb: Happening['verb']): 'Write' | 'Delete' | 'Action' {
  if (verb === 'write') return 'Write';
  return verb === 'delete' ? 'Delete' : 'Action';
}
