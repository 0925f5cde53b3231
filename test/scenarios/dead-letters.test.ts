import { randomUUID } from 'node:crypto';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventually, openScene, type Scene, untilState } from './support/scene.ts';

const withoutEvents = z.looseObject({ subscriptions: z.looseObject({ withoutEvents: z.array(z.string()) }) });

describe('events that Event Grid could not deliver', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
    // From now on no event comes by itself.
    const { id } = scene.subscription;
    const subscription = `/subscriptions/${id}/providers/Microsoft.EventGrid/eventSubscriptions/flowkeeper`;
    await scene.operator.resources(id).resources.deleteById(subscription, '2025-02-15');
  });
  afterAll(() => scene.close());

  it('are missed where nobody subscribed to them: health names the subscriptions from which none has come', async () => {
    await scene.runFunction('sweep');
    const ids = scene.environment().subscriptions.map(({ id }) => id);
    await eventually(async () => {
      const { body } = await scene.call('/api/health');
      return withoutEvents.safeParse(body).data?.subscriptions.withoutEvents.length === ids.length;
    });
    expect(withoutEvents.parse((await scene.call('/api/health')).body).subscriptions).toMatchObject({
      known: ids.length,
      withoutEvents: expect.arrayContaining(ids),
    });
  });

  const container = () =>
    BlobServiceClient.fromConnectionString(scene.environment().storageConnectionString).getContainerClient(
      'dead-letters',
    );
  const names = async () => (await Array.fromAsync(container().listBlobsFlat())).map(({ name }) => name);
  const written = (networkId: string) => ({
    id: randomUUID(),
    subject: networkId,
    eventType: 'Microsoft.Resources.ResourceWriteSuccess',
    eventTime: '2026-01-01T00:00:00Z',
    data: {
      resourceUri: networkId,
      operationName: 'Microsoft.Network/virtualNetworks/write',
      subscriptionId: scene.subscription.id,
      correlationId: randomUUID(),
    },
    deadLetterReason: 'MaxDeliveryAttemptsExceeded',
    deliveryAttempts: 30,
  });

  it('are read back once: the network gets its log, the letter goes, and what no one can read is set aside', async () => {
    const ids = [await scene.createNetwork('vnet-unheard'), await scene.createNetwork('vnet-unheard-too')];
    const letter = JSON.stringify(ids.map(written));
    await container().uploadBlockBlob('FLOWKEEPER/2026/1/1/0/letter.json', letter, letter.length);
    await container().uploadBlockBlob('FLOWKEEPER/2026/1/1/0/torn.json', '[{', 2);

    await scene.runFunction('deadLetters');
    await untilState(scene, 'vnet-unheard', 'Compliant');
    await untilState(scene, 'vnet-unheard-too', 'Compliant');
    expect(await Promise.all(ids.map((id) => scene.flowLogsOf(id)))).toMatchObject([
      [{ enabled: true }],
      [{ enabled: true }],
    ]);
    expect(await names()).toEqual(['unreadable/FLOWKEEPER/2026/1/1/0/torn.json']);
  });
});
