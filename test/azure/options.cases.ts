import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { environment, network, withBicep } from './bicep.ts';
import { ofType, only, type PredictedResource } from './predict.ts';

let resources: readonly PredictedResource[] = [];
let withoutEvents: readonly PredictedResource[] = [];

// The parameters file that is deployed.
withBicep(async (predict) => {
  const file = await readFile(new URL('../../infra/azure/main.bicepparam', import.meta.url), 'utf8');
  const parameters = file.replace(/^using .*$/m, '');
  const main = { template: 'infra/azure/main.bicep', scope: { subscriptionId: environment.AZURE_SUBSCRIPTION_ID } };
  const closed = `param network = ${JSON.stringify({ ...network, events: false }, null, 1)
    .replaceAll('"', "'")
    .replaceAll(',', '')}`;
  [resources, withoutEvents] = await Promise.all([
    predict({ ...main, parameters }),
    predict({ ...main, parameters: parameters.replace(/^param network = .*$/m, closed) }),
  ]);
});

describe('an app in a network of yours', () => {
  test('goes out through its subnet and takes nothing from the internet but events', () => {
    expect(only(resources, 'Microsoft.Web/sites').properties).toMatchObject({
      virtualNetworkSubnetId: network.appSubnetId,
      siteConfig: {
        ipSecurityRestrictionsDefaultAction: 'Deny',
        ipSecurityRestrictions: [{ action: 'Allow', tag: 'ServiceTag', ipAddress: 'AzureEventGrid' }],
        scmIpSecurityRestrictionsDefaultAction: 'Deny',
      },
    });
  });

  test('has storage that refuses all networks, dead letters by Event Grid aside', () => {
    expect(only(resources, 'Microsoft.Storage/storageAccounts').properties).toMatchObject({
      networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' },
    });
  });

  test('is reached, and reaches its storage, by private endpoints whose names are known in that network', () => {
    const endpoints = ofType(resources, 'Microsoft.Network/privateEndpoints').map(({ name, properties }) => [
      name,
      properties.subnet,
    ]);
    expect(endpoints).toEqual(
      ['blob', 'queue', 'table', 'sites'].map((part) => [
        `pe-flowkeeper-prod-${part}`,
        { id: network.privateEndpointSubnetId },
      ]),
    );
    const zones = ofType(resources, 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups');
    expect(zones.map(({ properties }) => properties.privateDnsZoneConfigs)).toEqual(
      Object.entries(network.privateDnsZoneIds).map(([name, id]) => [{ name, properties: { privateDnsZoneId: id } }]),
    );
  });
});

describe('an app in a network of yours that takes no events', () => {
  test('keeps no instance warm for them', () => {
    expect(only(withoutEvents, 'Microsoft.Web/sites').properties).toMatchObject({
      functionAppConfig: { scaleAndConcurrency: { alwaysReady: [] } },
    });
  });

  test('has no public side, and neither has its storage', () => {
    expect(only(withoutEvents, 'Microsoft.Web/sites').properties).toMatchObject({ publicNetworkAccess: 'Disabled' });
    expect(only(withoutEvents, 'Microsoft.Storage/storageAccounts').properties).toMatchObject({
      publicNetworkAccess: 'Disabled',
      networkAcls: { defaultAction: 'Deny', bypass: 'None' },
    });
  });
});

describe('a Durable Task Scheduler', () => {
  test('holds the task hub, and the app may use that hub and reaches it by its identity', () => {
    expect(only(resources, 'Microsoft.DurableTask/schedulers/taskHubs').name).toBe('dts-flowkeeper-prod/flowkeeper');
    const grant = ofType(resources, 'Microsoft.Authorization/roleAssignments').find(({ id }) =>
      id.includes('/taskHubs/'),
    );
    expect(grant?.properties.roleDefinitionId).toMatch(/\/0ad04412-c4d5-4796-b79c-f76d14c8d402$/);
    const settings = ofType(resources, 'Microsoft.Web/sites/config').find(({ name }) => name.endsWith('/appsettings'));
    const text = JSON.stringify(settings?.properties);
    expect(text).toContain('azureManaged');
    expect(text).toContain('Authentication=ManagedIdentity;ClientID=');
  });
});

describe('an app registration for the API', () => {
  test('makes the app refuse what comes without its token, the events aside', () => {
    const settings = ofType(resources, 'Microsoft.Web/sites/config').find(({ id }) => id.includes('authsettingsV2'));
    expect(settings?.properties).toMatchObject({
      platform: { enabled: true },
      globalValidation: { requireAuthentication: true, unauthenticatedClientAction: 'Return401' },
      identityProviders: {
        azureActiveDirectory: {
          enabled: true,
          registration: { clientId: environment.FLOWKEEPER_API_CLIENT_ID },
          validation: {
            allowedAudiences: [environment.FLOWKEEPER_API_CLIENT_ID, `api://${environment.FLOWKEEPER_API_CLIENT_ID}`],
          },
        },
      },
    });
    expect(settings?.properties.globalValidation).toMatchObject({
      excludedPaths: ['/runtime/webhooks/EventGrid', '/runtime/webhooks/eventgrid'],
    });
  });
});

describe('an action group', () => {
  test('is told what somebody has to see to', () => {
    const alerts = ofType(resources, 'Microsoft.Insights/scheduledQueryRules');
    expect(alerts.map(({ name }) => name)).toEqual([
      'flowkeeper-prod-needs-a-person',
      'flowkeeper-prod-policy-refused',
      'flowkeeper-prod-policy-waits',
      'flowkeeper-prod-changes-paused',
      'flowkeeper-prod-no-sweep',
      'flowkeeper-prod-slow',
      'flowkeeper-prod-failing',
      'flowkeeper-prod-throttled',
    ]);
    for (const { properties } of alerts)
      expect(properties).toMatchObject({ actions: { actionGroups: [environment.FLOWKEEPER_ALERT_ACTION_GROUP] } });
  });
});

describe('a topic for changes of state', () => {
  test('may be sent to by the app, and its address is an app setting', () => {
    const sender = ofType(resources, 'Microsoft.Authorization/roleAssignments').find(({ properties }) =>
      String(properties.roleDefinitionId).endsWith('/d5a91429-5739-47e2-a06b-3470a27159e7'),
    );
    expect(sender?.id).toContain(environment.FLOWKEEPER_TOPIC_ID);
    const [settings] = ofType(resources, 'Microsoft.Web/sites/config').filter(({ name }) =>
      name.endsWith('/appsettings'),
    );
    expect(settings?.properties.expression).toMatch(
      /format\('topicAccess-.*'outputs', 'endpoint'.*'FLOWKEEPER_TOPIC_ENDPOINT'/,
    );
  });
});

describe('a management group', () => {
  test('leaves the rights over subscriptions to management-group.bicep', () => {
    const onSubscriptions = ofType(resources, 'Microsoft.Authorization/roleAssignments').filter(
      ({ id }) => !id.includes('/resourceGroups/'),
    );
    expect(onSubscriptions).toEqual([]);
  });
});
