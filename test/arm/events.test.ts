import { afterAll, beforeAll, expect, test } from 'vitest';
import { objectOf } from '../../infra/local/arm/core/json.ts';
import { type Client, control, createClient, eventually } from './support/client.ts';
import {
  flowLog,
  group,
  identity,
  network,
  owner,
  roles,
  storage,
  subscriptionId,
  tenantId,
} from './support/estate.ts';
import { type Simulator, startSimulator } from './support/simulator.ts';
import { startWebhook } from './support/webhook.ts';

let simulator: Simulator;
let client: Client;
const vnet = { location: 'westeurope', properties: { addressSpace: { addressPrefixes: ['10.2.0.0/16'] } } };

const subscriptionPath = (name: string) =>
  `/subscriptions/${subscriptionId}/providers/Microsoft.EventGrid/eventSubscriptions/${name}`;
const subscribe = (
  endpointUrl: string,
  operations: readonly string[],
  types = ['Microsoft.Resources.ResourceWriteSuccess'],
) => ({
  properties: {
    destination: { endpointType: 'WebHook', properties: { endpointUrl } },
    filter: {
      includedEventTypes: types,
      advancedFilters: [{ operatorType: 'StringIn', key: 'data.operationName', values: operations }],
    },
    eventDeliverySchema: 'EventGridSchema',
  },
});

beforeAll(async () => {
  simulator = await startSimulator({ args: ['--time-scale', '0.05', '--event-retry-scale', '0.002'] });
  client = createClient(simulator);
});

afterAll(() => simulator.stop());

test("a write of a virtual network reaches the webhook in Event Grid's own schema, once the operation is done", async () => {
  const webhook = await startWebhook();
  const operations = ['Microsoft.Network/virtualNetworks/write'];
  const subscription = await client.put(subscriptionPath('writes'), subscribe(webhook.url, operations));
  expect(subscription).toMatchObject({
    properties: {
      provisioningState: 'Succeeded',
      destination: { properties: { endpointBaseUrl: webhook.url.split('?')[0] } },
    },
  });
  await client.put(network('vnet-evented'), vnet);
  const event = await eventually('the event arrives', async () => webhook.events()[0]);
  const uri = network('vnet-evented').replace('resourceGroups', 'resourcegroups');
  expect(event).toMatchObject({
    subject: uri,
    eventType: 'Microsoft.Resources.ResourceWriteSuccess',
    topic: `/subscriptions/${subscriptionId}`,
    dataVersion: '2',
    metadataVersion: '1',
    data: {
      authorization: {
        scope: uri,
        action: 'Microsoft.Network/virtualNetworks/write',
        evidence: {
          role: 'Owner',
          roleAssignmentScope: `/subscriptions/${subscriptionId}`,
          principalId: owner.principalId.replaceAll('-', ''),
          principalType: 'ServicePrincipal',
        },
      },
      claims: { appid: owner.clientId },
      resourceProvider: 'Microsoft.Network',
      resourceUri: uri,
      operationName: 'Microsoft.Network/virtualNetworks/write',
      status: 'Succeeded',
      subscriptionId,
      tenantId,
    },
  });
  expect(objectOf(event.data).httpRequest).toBeUndefined();
  await client.put(network('vnet-evented'), { ...vnet, tags: { again: 'yes' } });
  const update = await eventually('the second event arrives', async () => webhook.events()[1]);
  expect(update.data).toMatchObject({ httpRequest: { method: 'PUT' } });
  expect(
    webhook.received.every(
      ({ events, headers }) => events.length === 1 && headers['aeg-event-type'] === 'Notification',
    ),
  ).toBe(true);
  expect(webhook.events().map(({ eventType }) => eventType)).toHaveLength(2);
  await client.send('DELETE', subscriptionPath('writes'));
  webhook.close();
});

test('deleting resources of every kind raises delete events under their own operation names', async () => {
  const webhook = await startWebhook();
  const assignment = `${storage('stwest')}/providers/Microsoft.Authorization/roleAssignments/99999999-0000-4000-8000-000000000010`;
  const body = {
    location: 'westeurope',
    identity: { type: 'UserAssigned', userAssignedIdentities: { [identity('id-gone')]: {} } },
    properties: { targetResourceId: network('vnet-gone'), storageId: storage('stwest'), enabled: true },
  };
  await client.put(identity('id-gone'), { location: 'westeurope' });
  const principalId = String(objectOf((await client.get(identity('id-gone'))).body.properties).principalId);
  const roleDefinitionId = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roles.blobContributor}`;
  await client.put(assignment, { properties: { roleDefinitionId, principalId, principalType: 'ServicePrincipal' } });
  await client.put(network('vnet-gone'), vnet);
  await client.put(flowLog('fl-gone'), body);
  const operations = [
    'Microsoft.Network/virtualNetworks/delete',
    'Microsoft.Network/networkWatchers/flowLogs/delete',
    'Microsoft.Authorization/roleAssignments/delete',
    'Microsoft.ManagedIdentity/userAssignedIdentities/delete',
  ];
  await client.put(
    subscriptionPath('deletes'),
    subscribe(webhook.url, operations, ['Microsoft.Resources.ResourceDeleteSuccess']),
  );
  await client.finish(await client.send('DELETE', flowLog('fl-gone')));
  await client.finish(await client.send('DELETE', network('vnet-gone')));
  await client.send('DELETE', assignment);
  await client.send('DELETE', identity('id-gone'));
  await eventually('four events arrive', async () => (webhook.events().length >= 4 ? true : undefined));
  const told = webhook.events().map((event) => objectOf(event.data).operationName);
  expect(new Set(told)).toEqual(new Set(operations));
  expect(webhook.events().find(({ subject }) => subject === network('vnet-gone'))?.data).toMatchObject({
    httpRequest: { method: 'DELETE' },
  });
  await client.send('DELETE', subscriptionPath('deletes'));
  webhook.close();
});

test('what a webhook does not take is tried again, and survives the death of the simulator', async () => {
  const webhook = await startWebhook([500, 503, 500, 500]);
  await client.put(subscriptionPath('retries'), subscribe(webhook.url, ['Microsoft.Network/virtualNetworks/write']));
  await client.put(network('vnet-retried'), vnet);
  await eventually('the first attempt fails', async () => (webhook.received.length > 0 ? true : undefined));
  await simulator.killAndRestart();
  await eventually('the fifth attempt succeeds', async () => (webhook.received.length >= 5 ? true : undefined));
  await eventually('nothing waits any more', async () =>
    objectOf(await control(simulator, 'GET', '/deliveries')).waiting?.toString() === '' ? true : undefined,
  );
  expect(new Set(webhook.events().map(({ id }) => id)).size).toBe(1);
  await client.send('DELETE', subscriptionPath('retries'));
  webhook.close();
});

test('an event that the webhook refuses with 400 is given up at once', async () => {
  const webhook = await startWebhook([400]);
  await client.put(subscriptionPath('refused'), subscribe(webhook.url, ['Microsoft.Network/virtualNetworks/write']));
  await client.put(network('vnet-refused'), vnet);
  await eventually('it is given up', async () =>
    objectOf(await control(simulator, 'GET', '/deliveries')).givenUp === 1 ? true : undefined,
  );
  expect(webhook.received).toHaveLength(1);
  await client.send('DELETE', subscriptionPath('refused'));
  webhook.close();
});

test('a webhook that does not answer the handshake gets no subscription', async () => {
  const answer = await client.send('PUT', subscriptionPath('unreachable'), subscribe('http://127.0.0.1:9/none', []));
  expect(answer.status).toBe(400);
  const accepted = await client.send(
    'PUT',
    subscriptionPath('unreachable'),
    subscribe('http://127.0.0.1:9/none', ['x']),
  );
  expect(accepted.status).toBe(201);
  expect(await client.finish(accepted)).toMatchObject({ status: 'Failed', error: { code: 'Url validation' } });
});

test('a filter that Event Grid would apply and the simulator cannot is refused, not ignored', async () => {
  const body = subscribe('http://127.0.0.1:9/none', ['x']);
  const filter = { advancedFilters: [{ operatorType: 'NumberIn', key: 'data.x', values: [1] }] };
  const answer = await client.send('PUT', subscriptionPath('unknown'), { properties: { ...body.properties, filter } });
  expect(answer).toMatchObject({ status: 400, code: 'InvalidRequestContent' });
});

test('an event subscription of a resource group hears only of that group', async () => {
  const webhook = await startWebhook();
  const scope = `${group}/providers/Microsoft.EventGrid/eventSubscriptions/of-group`;
  await client.put(
    scope,
    subscribe(webhook.url, [
      'Microsoft.Resources/subscriptions/resourceGroups/write',
      'Microsoft.ManagedIdentity/userAssignedIdentities/write',
    ]),
  );
  await client.put(`/subscriptions/${subscriptionId}/resourceGroups/rg-elsewhere`, { location: 'westeurope' });
  await client.put(identity('id-heard'), { location: 'westeurope' });
  await eventually('the identity is heard of', async () => (webhook.events().length > 0 ? true : undefined));
  expect(webhook.events().map((event) => objectOf(event.data).operationName)).toEqual([
    'Microsoft.ManagedIdentity/userAssignedIdentities/write',
  ]);
  webhook.close();
});

test('events come twice and out of order when the switches say so', async () => {
  const webhook = await startWebhook();
  await client.put(
    subscriptionPath('unruly'),
    subscribe(webhook.url, ['Microsoft.ManagedIdentity/userAssignedIdentities/write']),
  );
  await control(simulator, 'PUT', '/switches', { duplicateEvents: 1, eventDelaySeconds: 0.5 });
  const names = Array.from({ length: 12 }, (_, index) => `id-unruly-${index}`);
  for (const name of names) await client.put(identity(name), { location: 'westeurope' });
  await eventually('each has come twice', async () => (webhook.events().length >= 24 ? true : undefined));
  await control(simulator, 'PUT', '/switches', { duplicateEvents: 0, eventDelaySeconds: 0 });
  const firsts = [...new Set(webhook.events().map(({ id }) => id))];
  expect(firsts).toHaveLength(12);
  const order = [...new Set(webhook.events().map(({ subject }) => String(subject).split('/').at(-1)))];
  expect(order).not.toEqual(names);
  await client.send('DELETE', subscriptionPath('unruly'));
  webhook.close();
});
