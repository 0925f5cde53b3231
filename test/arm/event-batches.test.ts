import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Delivery } from '../../infra/local/arm/core/delivery.ts';
import type { JsonObject } from '../../infra/local/arm/core/json.ts';
import { batchesOf, batchLimitsOf } from '../../infra/local/arm/events/batches.ts';
import { type Client, createClient, eventually } from './support/client.ts';
import { subscriptionId } from './support/estate.ts';
import { type Simulator, startSimulator } from './support/simulator.ts';
import { startWebhook } from './support/webhook.ts';

let simulator: Simulator;
let client: Client;

beforeAll(async () => {
  simulator = await startSimulator({ args: ['--time-scale', '0.05', '--event-retry-scale', '0.02'] });
  client = createClient(simulator);
});

afterAll(() => simulator.stop());

const path = (name: string) =>
  `/subscriptions/${subscriptionId}/providers/Microsoft.EventGrid/eventSubscriptions/${name}`;

/** Subscribes a webhook to deletes of identities. */
async function subscribed(name: string, batching: JsonObject, url: string, eventDeliverySchema: string) {
  const values = ['Microsoft.ManagedIdentity/userAssignedIdentities/delete'];
  await client.put(path(name), {
    properties: {
      destination: { endpointType: 'WebHook', properties: { endpointUrl: url, ...batching } },
      filter: { advancedFilters: [{ operatorType: 'StringIn', key: 'data.operationName', values }] },
      eventDeliverySchema,
    },
  });
}

/** Eight identities in a group that is deleted: their events are raised at once. */
async function deleteEight(): Promise<void> {
  const group = `/subscriptions/${subscriptionId}/resourceGroups/rg-eight`;
  await client.put(group, { location: 'westeurope' });
  const identities = Array.from({ length: 8 }, (_, index) => `id-${index}`);
  for (const name of identities) {
    const id = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
    await client.send('PUT', id, { location: 'westeurope' });
  }
  await client.send('DELETE', group);
}

test('a batch is delivered as a whole or again as a whole, and is never larger than was asked for', async () => {
  const webhook = await startWebhook([500]);
  await subscribed('batches', { maxEventsPerBatch: 4 }, webhook.url, 'EventGridSchema');
  await deleteEight();
  await eventually('all are delivered', async () => (idsIn(webhook.received.slice(1)).size === 8 ? true : undefined));
  expect(webhook.received.map(({ events }) => events.length)).toEqual([4, 4, 4]);
  expect(idsIn(webhook.received.slice(2))).toEqual(idsIn(webhook.received.slice(0, 1)));
  await client.send('DELETE', path('batches'));
  webhook.close();
});

test.each([
  ['alone, as an object', {}, 8, 'application/cloudevents+json; charset=utf-8'],
  ['in a batch, as an array', { maxEventsPerBatch: 10 }, 1, 'application/cloudevents-batch+json; charset=utf-8'],
])('CloudEvents have a handshake of their own, and come %s', async (_how, batching, requests, contentType) => {
  const webhook = await startWebhook();
  await subscribed('cloud', batching, webhook.url, 'CloudEventSchemaV1_0');
  await deleteEight();
  await eventually('all are delivered', async () => (idsIn(webhook.received).size === 8 ? true : undefined));
  expect(webhook.received).toHaveLength(requests);
  for (const { events, isArray, headers } of webhook.received) {
    expect(isArray).toBe(requests === 1);
    expect(headers['content-type']).toBe(contentType);
    expect(events[0]).toMatchObject({ specversion: '1.0', source: `/subscriptions/${subscriptionId}` });
  }
  await client.send('DELETE', path('cloud'));
  webhook.close();
});

const sized = (id: string, bytes: number): Delivery => ({
  id,
  subscriptionKey: '',
  event: { text: 'x'.repeat(bytes) },
  attempts: 0,
  publishedAt: 0,
  dueAt: 0,
});
const idsOf = (batches: readonly (readonly Delivery[])[]) => batches.map((batch) => batch.map(({ id }) => id));

test('batches keep to a number of events and a preferred size, which one large event may exceed', () => {
  const small = ['a', 'b', 'c'].map((id) => sized(id, 10));
  expect(idsOf(batchesOf(small, { events: 2, bytes: 1_000 }))).toEqual([['a', 'b'], ['c']]);
  const mixed = [sized('a', 400), sized('large', 5_000), sized('b', 400), sized('c', 400)];
  expect(idsOf(batchesOf(mixed, { events: 10, bytes: 1_000 }))).toEqual([['a'], ['large'], ['b', 'c']]);
});

test.each([
  [{}, { events: 1, bytes: 65_536 }],
  [{ maxEventsPerBatch: 10 }, { events: 10, bytes: 65_536 }],
  [{ preferredBatchSizeInKilobytes: 2 }, { events: 5_000, bytes: 2_048 }],
])('either setting switches batching on: %j', (properties, limits) => {
  const subscription = { id: '', name: '', type: '', properties: { destination: { properties } } };
  expect(batchLimitsOf(subscription)).toEqual(limits);
});

function idsIn(received: readonly { readonly events: readonly JsonObject[] }[]) {
  return new Set(received.flatMap(({ events }) => events.map(({ id }) => id)));
}
