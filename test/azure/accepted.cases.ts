import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ArmResponse } from '../../infra/local/arm/core/exchange.ts';
import { type Json, objectOf, stringOf } from '../../infra/local/arm/core/json.ts';
import type { WorldParts } from '../../infra/local/arm/create-world.ts';
import { createEventGrid } from '../../infra/local/arm/events/deliver.ts';
import { assignment, owner, roles } from '../arm/support/estate.ts';
import { startInProcess } from '../arm/support/in-process.ts';
import { withBicep } from './bicep.ts';
import { only, type PredictedResource } from './predict.ts';

const subscriptionId = '11111111-1111-1111-1111-111111111111';
const subscription = `/subscriptions/${subscriptionId}`;
const app = {
  name: 'flowkeeper',
  clientId: '66666666-6666-4666-8666-666666666666',
  principalId: '77777777-7777-4777-8777-777777777777',
};
const pipeline = {
  name: 'pipeline',
  clientId: '66666666-6666-4666-8666-666666666667',
  principalId: '77777777-7777-4777-8777-777777777778',
};
const managedIdentityOperator = 'f1a07417-d97a-45cb-824c-7a7467783830';
const logs = `${subscription}/resourceGroups/rg-logs`;
const account = `${logs}/providers/Microsoft.Storage/storageAccounts/stlogs`;
const otherAccount = `${logs}/providers/Microsoft.Storage/storageAccounts/stother`;
const network = `${logs}/providers/Microsoft.Network/virtualNetworks/vnet`;
const home = `${subscription}/resourceGroups/rg-flowkeeper-prod`;
const functionApp = `${home}/providers/Microsoft.Web/sites/func-flowkeeper-prod`;
const eventIdentity = `${home}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-flowkeeper-prod-events`;

const estate = {
  tenantId: '33333333-3333-4333-8333-333333333333',
  principals: [owner, app, pipeline],
  subscriptions: [{ subscriptionId, displayName: 'sub-one' }],
  resources: [
    { id: logs, location: 'westeurope' },
    { id: home, location: 'westeurope' },
    { id: account, location: 'westeurope', sku: { name: 'Standard_LRS' }, kind: 'StorageV2' },
    { id: otherAccount, location: 'westeurope', sku: { name: 'Standard_LRS' }, kind: 'StorageV2' },
    assignment(subscription, owner.principalId, roles.owner, 1),
    assignment(home, pipeline.principalId, managedIdentityOperator, 2),
  ],
};

let rights: readonly PredictedResource[] = [];
let events: readonly PredictedResource[] = [];
let identities: readonly PredictedResource[] = [];

withBicep(async (predict) => {
  const scope = { subscriptionId };
  const [ofRights, ofEvents, ofMain] = await Promise.all([
    predict({
      template: 'infra/azure/modules/rights.bicep',
      scope,
      parameters: `
param deploymentName = 'prod'
param principalId = '${app.principalId}'
param subscriptions = ['${subscriptionId}']
param storageAccountIds = ['${account}']
param identityGroupId = '${logs}'
param allowFlowLogs = true
param allowCleanup = true
param allowNetworkWatchers = true
param allowDestinations = true
param allowDeliveryProof = true
param onboardingPrincipalId = '${pipeline.principalId}'`,
    }),
    predict({
      template: 'infra/azure/events.bicep',
      scope,
      parameters: `
param deploymentName = 'prod'
param functionAppId = '${functionApp}'
param deadLetterIdentityId = '${eventIdentity}'
param deadLetterStorageAccountId = '${account}'
param deadLetterContainerName = 'dead-letters'`,
    }),
    predict({ template: 'infra/azure/main.bicep', scope, parameters: `param deploymentName = 'prod'` }),
  ]);
  rights = ofRights;
  events = ofEvents;
  identities = ofMain.filter(({ type }) => type === 'Microsoft.ManagedIdentity/userAssignedIdentities');
});

/** The simulator with these resources put by its owner, one after the other as a deployment does, and how it answered. */
function deployed(resources: readonly PredictedResource[], parts: Partial<WorldParts> = {}) {
  const simulator = startInProcess(estate, parts);
  const put = ({ id, apiVersion, type: _type, name: _name, ...body }: PredictedResource) =>
    simulator.send('PUT', `${id}?api-version=${apiVersion}`, body as Json);
  const answers = resources.map((resource) => ({ of: resource.id, ...summary(put(resource)) }));
  // What was granted has to spread.
  simulator.pass(3600);
  return { ...simulator, put, answers };
}

function summary({ status, body }: ArmResponse) {
  const { code, message } = objectOf(objectOf(body).error);
  return code === undefined ? { status } : { status, code, message };
}

const made = (resources: readonly PredictedResource[]) => resources.map(({ id }) => ({ of: id, status: 201 }));

describe('the simulator of Azure, asked for what the templates make,', () => {
  test('accepts the roles and their assignments, conditions included, and the same once more', () => {
    const { answers, put } = deployed(rights);
    expect(answers).toEqual(made(rights));
    const again = rights.map((resource) => summary(put(resource)).status);
    expect(again.filter((status) => status >= 300)).toEqual([]);
  });

  test('enforces them: the app may do what the guide says, and nothing beside it', () => {
    const { send } = deployed(rights);
    const identity = `${logs}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-logs`;
    const as = (method: string, id: string, version: string, body?: Json) =>
      summary(send(method, `${id}?api-version=${version}`, body, app)).status;
    const grant = (scope: string, principalId: string, role: string, principalType = 'ServicePrincipal') => {
      const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/88888888-8888-4888-8888-888888888888`;
      const roleDefinitionId = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
      return as('PUT', id, '2022-04-01', { properties: { roleDefinitionId, principalId, principalType } });
    };
    send('PUT', `${network}?api-version=2026-01-01`, {
      location: 'westeurope',
      properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } },
    });
    expect(as('GET', network, '2026-01-01')).toBe(200);
    expect(as('DELETE', network, '2026-01-01')).toBe(403);
    expect(as('PUT', identity, '2024-11-30', { location: 'westeurope' })).toBe(201);
    const answer = send('GET', `${identity}?api-version=2024-11-30`, undefined, app);
    const principalId = stringOf(objectOf(objectOf(answer.body).properties).principalId) ?? '';
    expect(grant(account, principalId, roles.blobContributor)).toBe(201);
    expect(grant(otherAccount, principalId, roles.blobContributor)).toBe(403);
    expect(grant(logs, principalId, roles.blobContributor)).toBe(403);
    expect(grant(account, principalId, roles.owner)).toBe(403);
    expect(grant(account, app.principalId, roles.blobContributor)).toBe(403);
    expect(grant(account, owner.principalId, roles.blobContributor, 'User')).toBe(403);
  });

  test('accepts the identities', () => {
    expect(deployed(identities).answers).toEqual(made(identities));
  });

  test('accepts the events, once the function is there, and sends it what the filter lets through', async () => {
    const functions = new Map([[`${functionApp}/functions/onResourceEvent`.toLowerCase(), 'http://function.test']]);
    const { answers, world, send } = deployed([...identities, ...events], { functions });
    expect(answers).toEqual(made([...identities, ...events]));
    await createEventGrid(world, 1, undefined, () => undefined).pump();
    const id = only(events, 'Microsoft.EventGrid/systemTopics/eventSubscriptions').id;
    const shown = send('GET', `${id}?api-version=2025-02-15`);
    expect(shown.body).toMatchObject({ properties: { provisioningState: 'Succeeded' } });
    send('PUT', `${logs}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-a?api-version=2024-11-30`, {
      location: 'westeurope',
    });
    send('DELETE', `${logs}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-a?api-version=2024-11-30`);
    const sent = [...world.store.deliveries.values()].map(({ event }) => objectOf(event.data).operationName);
    expect(sent).toEqual(['Microsoft.ManagedIdentity/userAssignedIdentities/delete']);
  });

  test('accepts the events from a pipeline that has the role for it, and none of them where the role lacks a right', () => {
    const role = rights.find(({ properties }) => properties.roleName === 'Flowkeeper Event Subscriber (prod)');
    const [permission] = z.array(z.object({ actions: z.array(z.string()) })).parse(role?.properties.permissions);
    const subscribe = (actions: readonly string[]) => {
      const { put, send } = deployed([...identities, ...rights]);
      const permissions = [{ actions: [...actions] }];
      if (role) put({ ...role, properties: { ...role.properties, permissions } });
      return events.map(
        ({ id, apiVersion, type: _type, name: _name, ...body }) =>
          send('PUT', `${id}?api-version=${apiVersion}`, body as Json, pipeline).status,
      );
    };
    const actions = permission?.actions ?? [];
    expect(subscribe(actions)).toEqual([201, 201, 201]);
    for (const action of [
      'Microsoft.Resources/subscriptions/resourceGroups/write',
      'Microsoft.EventGrid/systemTopics/write',
      'Microsoft.EventGrid/systemTopics/eventSubscriptions/write',
    ])
      expect(subscribe(actions.filter((one) => one !== action))).toContain(403);
  });

  test('refuses the events before the code is there, which is why they are deployed after it', async () => {
    const { world, send } = deployed([...identities, ...events]);
    await createEventGrid(world, 1, undefined, () => undefined).pump();
    const id = only(events, 'Microsoft.EventGrid/systemTopics/eventSubscriptions').id;
    const { body } = send('GET', `${id}?api-version=2025-02-15`);
    expect(body).toMatchObject({ properties: { provisioningState: 'Failed' } });
  });

  test('refuses a second system topic of the subscription, and dead letters by an identity that the topic lacks', () => {
    const { put } = deployed([...identities, ...events]);
    const topic = only(events, 'Microsoft.EventGrid/systemTopics');
    const second = summary(put({ ...topic, id: `${topic.id}-2` }));
    expect(second).toMatchObject({ status: 400, code: 'InvalidRequest' });
    expect(second.message).toContain('Only one system topic is allowed per source');
    expect(put({ ...topic, identity: { type: 'None' } }).status).toBe(200);
    const without = summary(put(only(events, 'Microsoft.EventGrid/systemTopics/eventSubscriptions')));
    expect(without).toMatchObject({ status: 400, code: 'InvalidRequest' });
  });
});
