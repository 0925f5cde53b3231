import { describe, expect, test } from 'vitest';
import { withBicep } from './bicep.ts';
import { ofType, only, type PredictedResource } from './predict.ts';

const subscriptionId = '11111111-1111-1111-1111-111111111111';
const tenantId = '33333333-3333-3333-3333-333333333333';
const group = `/subscriptions/${subscriptionId}/resourceGroups/rg-flowkeeper-prod`;

let resources: readonly PredictedResource[] = [];

withBicep(async (predict) => {
  resources = await predict({
    template: 'infra/azure/main.bicep',
    scope: { subscriptionId, tenantId },
    parameters: `param deploymentName = 'prod'`,
  });
});

describe('the function app', () => {
  test('runs on Flex Consumption and Node 24, with an instance kept warm for events', () => {
    expect(only(resources, 'Microsoft.Web/serverfarms')).toMatchObject({
      sku: { name: 'FC1', tier: 'FlexConsumption' },
    });
    expect(only(resources, 'Microsoft.Web/sites').properties).toMatchObject({
      functionAppConfig: {
        runtime: { name: 'node', version: '24' },
        scaleAndConcurrency: { alwaysReady: [{ name: 'function:onResourceEvent', instanceCount: 1 }] },
      },
    });
  });

  test('is reached over TLS 1.2 or later only, and deployed to with Entra ID only', () => {
    expect(only(resources, 'Microsoft.Web/sites').properties).toMatchObject({
      httpsOnly: true,
      siteConfig: { minTlsVersion: '1.2', scmMinTlsVersion: '1.2', ftpsState: 'Disabled' },
      functionAppConfig: { deployment: { storage: { authentication: { type: 'UserAssignedIdentity' } } } },
    });
    const passwords = ofType(resources, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies');
    expect(passwords.map(({ name, properties }) => [name.split('/')[1], properties.allow])).toEqual([
      ['ftp', false],
      ['scm', false],
    ]);
  });

  test('has its own identity and no other', () => {
    const { identity } = only(resources, 'Microsoft.Web/sites');
    expect(identity).toMatchObject({ type: 'UserAssigned' });
    expect(JSON.stringify(identity)).toContain("'identity-{0}'");
    expect(JSON.stringify(identity)).not.toContain('deadLetterIdentity');
  });
});

describe('the storage of the app', () => {
  test('takes no shared key, no anonymous reader and no plain HTTP', () => {
    expect(only(resources, 'Microsoft.Storage/storageAccounts').properties).toMatchObject({
      allowSharedKeyAccess: false,
      allowBlobPublicAccess: false,
      supportsHttpsTrafficOnly: true,
      minimumTlsVersion: 'TLS1_2',
    });
  });

  test('holds the package and the dead-lettered events', () => {
    const containers = ofType(resources, 'Microsoft.Storage/storageAccounts/blobServices/containers');
    expect(containers.map(({ name }) => name.split('/')[2])).toEqual(['app-package', 'dead-letters']);
  });

  test('is open to the app for blobs, queues and tables, and to Event Grid for dead letters only', () => {
    const grants = ofType(resources, 'Microsoft.Authorization/roleAssignments').flatMap(({ id, properties }) =>
      id.includes('/storageAccounts/')
        ? [
            [
              id.includes("/containers/dead-letters', 'Microsoft.Auth") ? 'dead-letters' : 'account',
              String(properties.principalId).includes("'deadLetterIdentity-") ? 'Event Grid' : 'app',
              String(properties.roleDefinitionId).split('/').at(-1),
            ],
          ]
        : [],
    );
    expect(grants).toEqual([
      ['account', 'app', 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'],
      ['account', 'app', '974c5e8b-45b9-4653-ba55-5f855dd0fb88'],
      ['account', 'app', '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'],
      ['dead-letters', 'Event Grid', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'],
    ]);
  });
});

describe('a deployment without any further parameter', () => {
  test('stays in its own resource group, apart from roles', () => {
    const elsewhere = resources.filter(
      ({ id, type }) => !type.startsWith('Microsoft.Authorization/') && !id.startsWith(group),
    );
    expect(elsewhere).toEqual([]);
  });

  test('gives the app the right to read the subscription, and none to change it', () => {
    const roles = new Map(
      ofType(resources, 'Microsoft.Authorization/roleDefinitions').map(({ name, properties }) => [name, properties]),
    );
    const onSubscription = ofType(resources, 'Microsoft.Authorization/roleAssignments').flatMap(({ properties }) => {
      const role = roles.get(String(properties.roleDefinitionId).split('/').at(-1) ?? '');
      return role === undefined ? [] : [role.roleName];
    });
    expect(onSubscription).toEqual(['Flowkeeper Reader (prod)']);
  });

  test('takes telemetry from the identity of the app only', () => {
    expect(only(resources, 'Microsoft.Insights/components').properties).toMatchObject({ DisableLocalAuth: true });
  });

  test('keeps its task hub in its own storage, as host.json says', () => {
    expect(ofType(resources, 'Microsoft.DurableTask/schedulers')).toEqual([]);
    expect(JSON.stringify(resources)).not.toContain('AzureFunctionsJobHost__');
  });

  test('comes with a workbook', () => {
    const { properties, name } = only(resources, 'Microsoft.Insights/workbooks');
    expect(name).toMatch(/^[0-9a-f-]{36}$/);
    expect(properties).toMatchObject({ displayName: 'Flowkeeper (prod)', category: 'workbook' });
  });

  test('leaves to the product what the product can choose by itself', () => {
    const settings = Object.keys(only(resources, 'Microsoft.Web/sites/config').properties);
    expect(settings).toContain('FLOWKEEPER_DEPLOYMENT');
    expect(settings).not.toContain('FLOWKEEPER_SWEEP_SCHEDULE');
    expect(settings).not.toContain('FLOWKEEPER_TOPIC_ENDPOINT');
  });

  test('holds no key and no connection string with one', () => {
    expect(JSON.stringify(resources)).not.toMatch(/AccountKey|listKeys|SharedAccessKey/i);
  });
});
