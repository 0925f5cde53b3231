import { z } from 'zod';
import { objectOf, stringOf } from '../core/json.ts';
import type { ResourceBody, ResourceType, Write } from '../core/resource-type.ts';
import { advancedFilterSchema } from '../events/advanced-filter.ts';
import { readBody } from './request-body.ts';

export const eventSubscriptionType = 'Microsoft.EventGrid/eventSubscriptions';

const deadLetterDestination = z.object({
  endpointType: z.literal('StorageBlob'),
  properties: z.object({ resourceId: z.string(), blobContainerName: z.string() }),
});
const request = z.object({
  properties: z.object({
    destination: z.object({ endpointType: z.literal('WebHook'), properties: z.object({ endpointUrl: z.url() }) }),
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
  type: eventSubscriptionType,
  apiVersions: ['2022-06-15', '2023-12-15-preview', '2024-06-01-preview', '2025-02-15'],
  home: 'extension',
  verbs: ['PUT', 'DELETE'],
  etag: 'none',
  durations: { put: () => Number.POSITIVE_INFINITY },
  shape,
  show: (_world, body) => ({ ...body, properties: { ...body.properties, destination: withoutKey(body) } }),
};

function shape({ id, body }: Write): ResourceBody {
  const { properties } = readBody(request, body);
  return {
    id: id.id,
    name: id.name,
    type: eventSubscriptionType,
    properties: { provisioningState: 'Succeeded', topic: id.scope, ...properties } as ResourceBody['properties'],
  };
}

/** Azure never shows the whole endpoint again, because its query often holds a key. */
function withoutKey({ properties }: ResourceBody) {
  const destination = objectOf(properties.destination);
  const url = stringOf(objectOf(destination.properties).endpointUrl) ?? '';
  return { ...destination, properties: { endpointBaseUrl: url.split('?')[0] } };
}
