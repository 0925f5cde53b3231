import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import eventFilter from '../../infra/azure/event-filter.json' with { type: 'json' };
import { withBicep } from './bicep.ts';
import { ofType, only, type PredictedResource, type Prediction } from './predict.ts';

const subscriptionId = '11111111-1111-1111-1111-111111111111';
const home = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-flowkeeper-prod/providers';
const functionAppId = `${home}/Microsoft.Web/sites/func-flowkeeper-prod`;
const identityId = `${home}/Microsoft.ManagedIdentity/userAssignedIdentities/id-flowkeeper-prod-events`;
const storageId = `${home}/Microsoft.Storage/storageAccounts/stflowkeeper`;
const foreignTopic = `/subscriptions/${subscriptionId}/resourceGroups/rg-events/providers/Microsoft.EventGrid/systemTopics/theirs`;

const prediction: Prediction = {
  template: 'infra/azure/events.bicep',
  scope: { subscriptionId },
  parameters: `
param deploymentName = 'prod'
param functionAppId = '${functionAppId}'
param deadLetterIdentityId = '${identityId}'
param deadLetterStorageAccountId = '${storageId}'
param deadLetterContainerName = 'dead-letters'`,
};

let resources: readonly PredictedResource[] = [];
let besideTheirs: readonly PredictedResource[] = [];

withBicep(async (predict) => {
  const parameters = `${prediction.parameters}
param systemTopicId = '${foreignTopic}'
param alertActionGroupId = '/on-call'`;
  [resources, besideTheirs] = await Promise.all([predict(prediction), predict({ ...prediction, parameters })]);
});

const eventSubscriptionType = 'Microsoft.EventGrid/systemTopics/eventSubscriptions';

describe('the events of a subscription', () => {
  test('come from a system topic of that subscription', () => {
    expect(only(resources, 'Microsoft.EventGrid/systemTopics')).toMatchObject({
      location: 'global',
      properties: { source: `/subscriptions/${subscriptionId}`, topicType: 'Microsoft.Resources.Subscriptions' },
    });
  });

  test('come from the system topic that is there already, since a second one is refused', () => {
    expect(ofType(besideTheirs, 'Microsoft.EventGrid/systemTopics')).toEqual([]);
    expect(only(besideTheirs, eventSubscriptionType).id).toBe(`${foreignTopic}/eventSubscriptions/flowkeeper-prod`);
  });

  test('go to the event function, one at a time, so that an event that fails does not take others with it', () => {
    expect(only(resources, eventSubscriptionType).properties).toMatchObject({
      eventDeliverySchema: 'EventGridSchema',
      destination: {
        endpointType: 'AzureFunction',
        properties: { resourceId: `${functionAppId}/functions/onResourceEvent`, maxEventsPerBatch: 1 },
      },
    });
  });

  test('are changes of networks, and what could be taken away from under a flow log', () => {
    expect(only(resources, eventSubscriptionType).properties).toMatchObject({
      filter: {
        includedEventTypes: [
          'Microsoft.Resources.ResourceWriteSuccess',
          'Microsoft.Resources.ResourceDeleteSuccess',
          'Microsoft.Resources.ResourceActionSuccess',
        ],
        advancedFilters: [
          {
            operatorType: 'StringIn',
            key: 'data.operationName',
            values: [
              'Microsoft.Network/virtualNetworks/write',
              'Microsoft.Network/virtualNetworks/delete',
              'Microsoft.Network/networkWatchers/flowLogs/write',
              'Microsoft.Network/networkWatchers/flowLogs/delete',
              'Microsoft.Authorization/roleAssignments/delete',
              'Microsoft.ManagedIdentity/userAssignedIdentities/delete',
              'Microsoft.Resources/subscriptions/resourceGroups/moveResources/action',
            ],
          },
        ],
      },
    });
  });

  test('are those that the product does something about, and no other', async () => {
    const source = await readFile(new URL('../../shared/events/event-work.ts', import.meta.url), 'utf8');
    const understood = [...source.matchAll(/case '(microsoft\.[^']+)':/g)].map((match) => match[1]);
    expect(understood.toSorted()).toEqual(eventFilter.operationNames.map((name) => name.toLowerCase()).toSorted());
  });

  test('that are lost are told to the action group, and only those that go to Flowkeeper', () => {
    const alerts = ofType(besideTheirs, 'Microsoft.Insights/metricAlerts');
    expect(alerts.map(({ name }) => name)).toEqual([
      'flowkeeper-prod-DeadLetteredCount',
      'flowkeeper-prod-DroppedEventCount',
    ]);
    for (const { properties } of alerts)
      expect(properties).toMatchObject({
        scopes: [foreignTopic],
        criteria: { allOf: [{ dimensions: [{ name: 'EventSubscriptionName', values: ['flowkeeper-prod'] }] }] },
        actions: [{ actionGroupId: '/on-call' }],
      });
    expect(ofType(resources, 'Microsoft.Insights/metricAlerts')).toEqual([]);
  });

  test('are tried for a day, and then kept as dead letters, written with an identity that can do nothing else', () => {
    expect(only(resources, 'Microsoft.EventGrid/systemTopics').identity).toEqual({
      type: 'UserAssigned',
      userAssignedIdentities: { [identityId]: {} },
    });
    expect(only(resources, eventSubscriptionType).properties).toMatchObject({
      retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 },
      deadLetterWithResourceIdentity: {
        identity: { type: 'UserAssigned', userAssignedIdentity: identityId },
        deadLetterDestination: {
          endpointType: 'StorageBlob',
          properties: { resourceId: storageId, blobContainerName: 'dead-letters' },
        },
      },
    });
  });
});
