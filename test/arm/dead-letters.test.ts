import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrayOf, type Json, objectOf } from '../../infra/local/arm/core/json.ts';
import { startBlobStorage } from './support/azurite.ts';
import { control, createClient, eventually } from './support/client.ts';
import { identity, storage, subscriptionId } from './support/estate.ts';
import { type Simulator, startSimulator } from './support/simulator.ts';
import { startWebhook } from './support/webhook.ts';

let simulator: Simulator;
let azurite: Awaited<ReturnType<typeof startBlobStorage>>;

beforeAll(async () => {
  azurite = await startBlobStorage();
  simulator = await startSimulator({
    args: ['--event-retry-scale', '0.0005', '--blob-storage', azurite.connectionString],
  });
});

afterAll(async () => {
  await simulator.stop();
  await azurite.stop();
});

test('what could not be delivered becomes a blob with the reason, once its container is there', async () => {
  const client = createClient(simulator);
  const webhook = await startWebhook([500, 500, 500]);
  const properties = {
    destination: { endpointType: 'WebHook', properties: { endpointUrl: webhook.url } },
    filter: {
      advancedFilters: [{ operatorType: 'StringEndsWith', key: 'data.operationName', values: ['identities/write'] }],
    },
    retryPolicy: { maxDeliveryAttempts: 3, eventTimeToLiveInMinutes: 1440 },
    deadLetterDestination: {
      endpointType: 'StorageBlob',
      properties: { resourceId: storage('stwest'), blobContainerName: 'dead-letters' },
    },
  };
  await client.put(`/subscriptions/${subscriptionId}/providers/Microsoft.EventGrid/eventSubscriptions/mine`, {
    properties,
  });
  await client.put(identity('id-lost'), { location: 'westeurope' });
  const gaveUp = () =>
    control(simulator, 'GET', '/deliveries').then((counts) => objectOf(counts).givenUp === 1 || undefined);
  await eventually('it is given up', gaveUp);
  const container = azurite.blobs.getContainerClient('dead-letters');
  await container.create();
  const blob = await eventually('the blob is there', async () => (await Array.fromAsync(container.listBlobsFlat()))[0]);
  expect(blob.name).toMatch(/^MINE\/\d{4}\/\d{1,2}\/\d{1,2}\/\d{1,2}\/[0-9a-f-]{36}\.json$/);
  const letters = JSON.parse(String(await container.getBlobClient(blob.name).downloadToBuffer())) as Json;
  expect(arrayOf(letters)).toMatchObject([
    {
      eventType: 'Microsoft.Resources.ResourceWriteSuccess',
      deadLetterReason: 'MaxDeliveryAttemptsExceeded',
      deliveryAttempts: 3,
      lastDeliveryOutcome: 'GenericError',
      data: { operationName: 'Microsoft.ManagedIdentity/userAssignedIdentities/write' },
    },
  ]);
  await eventually(
    'nothing waits',
    async () => arrayOf(objectOf(await control(simulator, 'GET', '/deliveries')).waiting).length === 0 || undefined,
  );
  webhook.close();
});
