import { z } from 'zod';
import { ArmError } from '../core/arm-error.ts';
import { objectOf, stringOf } from '../core/json.ts';
import { parentOf } from '../core/resource-id.ts';
import type { ResourceBody, ResourceType, Write } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { advancedFilterSchema } from '../events/advanced-filter.ts';
import { readBody } from './request-body.ts';
import { eventGridVersions } from './versions.ts';

const eventSubscriptionType = 'Microsoft.EventGrid/eventSubscriptions';
const topicEventSubscriptionType = 'Microsoft.EventGrid/systemTopics/eventSubscriptions';

const deadLetterDestination = z.object({
  endpointType: z.literal('StorageBlob'),
  properties: z.object({ resourceId: z.string(), blobContainerName: z.string() }),
});
const batching = {
  maxEventsPerBatch: z.number().int().min(1).max(5_000).optional(),
  preferredBatchSizeInKilobytes: z.number().int().min(1).max(1_024).optional(),
};
const destination = z.discriminatedUnion('endpointType', [
  z.object({ endpointType: z.literal('WebHook'), properties: z.object({ endpointUrl: z.url(), ...batching }) }),
  z.object({ endpointType: z.literal('AzureFunction'), properties: z.object({ resourceId: z.string(), ...batching }) }),
]);
const request = z.object({
  properties: z.object({
    destination,
    filter: z
      .object({
        subjectBeginsWith: z.string().optional(),
        subjectEndsWith: z.string().optional(),
        isSubjectCaseSensitive: z.boolean().optional(),
        includedEventTypes: z.array(z.string()).nullish(),
        advancedFilters: z.array(advancedFilterSchema).max(25).optional(),
      })
      .default({}),
    deadLetterDestination: deadLetterDestination.nullish(),
    deadLetterWithResourceIdentity: z
      .object({ identity: z.record(z.string(), z.json()), deadLetterDestination })
      .nullish(),
    labels: z.array(z.string()).nullish(),
    eventDeliverySchema: z.enum(['EventGridSchema', 'CloudEventSchemaV1_0']).default('EventGridSchema'),
    retryPolicy: z
      .object({
        maxDeliveryAttempts: z.number().int().min(1).max(30).default(30),
        eventTimeToLiveInMinutes: z.number().int().min(1).max(1440).default(1440),
      })
      .default({ maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }),
  }),
});

/** Event Grid subscriptions of a subscription's or resource group's events. The operation ends with the webhook's handshake. */
export const eventSubscriptions: ResourceType = {
  ...common(eventSubscriptionType, ({ scope }) => scope),
  home: 'extension',
};

/** The same on the system topic of a subscription, with whose identity dead letters can be written. */
export const topicEventSubscriptions: ResourceType = {
  ...common(topicEventSubscriptionType, ({ id }) => id.slice(0, id.lastIndexOf('/eventSubscriptions/'))),
  home: 'resourceGroup',
  check: refuseForeignIdentity,
};

function common(type: string, topicOf: (id: Write['id']) => string) {
  return {
    type,
    apiVersions: eventGridVersions,
    verbs: ['PUT', 'DELETE'],
    etag: 'none',
    durations: { put: () => Number.POSITIVE_INFINITY },
    shape: (write: Write) => shape(write, type, topicOf(write.id)),
    show: (_world: World, body: ResourceBody) => ({
      ...body,
      properties: { ...body.properties, destination: withoutKey(body) },
    }),
  } as const;
}

function shape({ id, body }: Write, type: string, topic: string): ResourceBody {
  const { properties } = readBody(request, body);
  return {
    id: id.id,
    name: id.name,
    type,
    properties: { provisioningState: 'Succeeded', topic, ...properties } as ResourceBody['properties'],
  };
}

/** Event Grid can only write with an identity that the topic has. The code is ours: no source shows it. */
function refuseForeignIdentity({ world, id }: Write, { properties }: ResourceBody): void {
  const withIdentity = objectOf(objectOf(properties.deadLetterWithResourceIdentity).identity);
  const wanted = stringOf(withIdentity.userAssignedIdentity)?.toLowerCase();
  if (wanted === undefined) return;
  const assigned = objectOf(world.store.get(parentOf(id) ?? '')?.body.identity?.userAssignedIdentities);
  if (Object.keys(assigned).some((one) => one.toLowerCase() === wanted)) return;
  const message = `The identity ${wanted} of the dead-letter destination is not assigned to the topic.`;
  throw new ArmError(400, { code: 'InvalidRequest', message });
}

/** Azure never shows the whole endpoint again, because its query often holds a key. */
function withoutKey({ properties }: ResourceBody) {
  const destination = objectOf(properties.destination);
  if (destination.endpointType !== 'WebHook') return destination;
  const { endpointUrl, ...batching } = objectOf(destination.properties);
  return { ...destination, properties: { ...batching, endpointBaseUrl: (stringOf(endpointUrl) ?? '').split('?')[0] } };
}
