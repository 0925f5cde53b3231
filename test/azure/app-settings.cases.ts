import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readSettings } from '../../functions/settings.ts';
import { withBicep } from './bicep.ts';
import { only } from './predict.ts';

const clientId = '11111111-1111-4111-8111-111111111111';
const principalId = '22222222-2222-4222-8222-222222222222';
const tenantId = '33333333-3333-4333-8333-333333333333';

// No value is one that the product would choose by itself, so that each of them shows.
const parameters = `
param name = 'func-flowkeeper-prod'
param planName = 'plan-flowkeeper-prod'
param location = 'westeurope'
param tags = {}
param identityId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i'
param identityClientId = '${clientId}'
param identityPrincipalId = '${principalId}'
param storageAccountName = 'stflowkeeper'
param packageContainerUrl = 'https://stflowkeeper.example/app-package'
param applicationInsightsConnectionString = 'InstrumentationKey=00000000-0000-0000-0000-000000000000'
param deploymentName = 'prod'
param cloud = 'usgovernment'
param alwaysReadyInstances = 0
param appSubnetId = ''
param events = true
param logLevel = 'debug'
param sweepSchedule = '0 0 * * * *'
param topicEndpoint = 'https://topic.example/api/events'
param otlpEndpoint = 'https://collector.example'
param taskScheduler = { endpoint: 'https://scheduler.example', hubName: 'hub' }`;

let settings: Readonly<Record<string, string>> = {};

withBicep(async (predict) => {
  const resources = await predict({
    template: 'infra/azure/modules/function-app.bicep',
    scope: { subscriptionId: clientId, resourceGroup: 'rg-flowkeeper-prod', tenantId },
    parameters,
  });
  settings = z.record(z.string(), z.string()).parse(only(resources, 'Microsoft.Web/sites/config').properties);
});

/** What the Functions host and Azure's SDKs read, and the product does not. */
const ofTheHost = [
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
  'AzureFunctionsJobHost__extensions__durableTask__hubName',
  'AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName',
  'AzureFunctionsJobHost__extensions__durableTask__storageProvider__type',
  'DURABLE_TASK_SCHEDULER_CONNECTION_STRING',
  'AZURE_TENANT_ID',
  'AzureWebJobsStorage__clientId',
  'AzureWebJobsStorage__credential',
];

/** The product's settings where one is missing, or 'refused', as it does without its storage. */
function readWithout(name: string): unknown {
  try {
    return readSettings({ ...settings, [name]: '' });
  } catch {
    return 'refused';
  }
}

describe('the app settings', () => {
  test('that Bicep writes are each read by the product: without one of them it is set up otherwise', () => {
    const whole = readSettings(settings);
    for (const name of Object.keys(settings).filter((candidate) => !ofTheHost.includes(candidate))) {
      expect({ name, settings: readWithout(name) }).not.toEqual({ name, settings: whole });
    }
  });

  test('that the product knows are each written by Bicep, but for those that are not for Azure or not ours to set', async () => {
    const schema = await readFile(new URL('../../functions/settings.ts', import.meta.url), 'utf8');
    const known = [...schema.matchAll(/^ {4}([A-Z]\w+): z/gm)].map((match) => match[1] ?? '');
    expect(known.length).toBeGreaterThan(10);
    expect(known.filter((name) => settings[name] === undefined)).toEqual([
      // A connection string: of an emulator.
      'AzureWebJobsStorage',
      // Another Resource Manager than the cloud's own.
      'FLOWKEEPER_ARM_ENDPOINT',
      // The platform's own word.
      'WEBSITE_AUTH_ENABLED',
    ]);
  });

  test('that the product reads are each written by Bicep, so that none is left at what the product assumes', () => {
    const assumed = Object.entries(readSettings({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' }));
    const whole = new Map<string, unknown>(Object.entries(readSettings(settings)));
    // Whether App Service's authentication is on is said by the platform itself.
    for (const [field, value] of assumed.filter(([name]) => name !== 'access'))
      expect({ field, value: whole.get(field) }).not.toEqual({ field, value });
  });

  test('reach storage and telemetry by the identity of the app, without a key', () => {
    expect(settings).toMatchObject({
      AzureWebJobsStorage__accountName: 'stflowkeeper',
      AzureWebJobsStorage__credential: 'managedidentity',
      AzureWebJobsStorage__clientId: clientId,
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: `ClientId=${clientId};Authorization=AAD`,
      AZURE_TENANT_ID: tenantId,
    });
  });
});
