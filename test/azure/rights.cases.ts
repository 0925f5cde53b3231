import { describe, expect, test } from 'vitest';
import { withBicep } from './bicep.ts';
import { ofType, type PredictedResource } from './predict.ts';
import { readCondition, readRoleFiles } from './role-files.ts';

const home = '11111111-1111-1111-1111-111111111111';
const other = '22222222-2222-2222-2222-222222222222';
const central = '33333333-3333-3333-3333-333333333333';
const appPrincipalId = '44444444-4444-4444-4444-444444444444';
const pipelinePrincipalId = '55555555-5555-5555-5555-555555555555';
const identityGroup = `/subscriptions/${central}/resourceGroups/rg-identities`;
const storageGroup = `/subscriptions/${central}/resourceGroups/rg-logs`;
const account = `${storageGroup}/providers/Microsoft.Storage/storageAccounts/stlogs`;

/** Scope and role of each assignment, in the words of the role files: "/subscriptions/… reader". */
function grantsAmong(resources: readonly PredictedResource[]): readonly string[] {
  const roles = new Map(
    ofType(resources, 'Microsoft.Authorization/roleDefinitions').map((role) => [
      role.name,
      String(role.properties.roleName),
    ]),
  );
  return ofType(resources, 'Microsoft.Authorization/roleAssignments')
    .map(({ id, properties }) => {
      const scope = id.split('/providers/Microsoft.Authorization/')[0];
      return `${scope} ${roles.get(String(properties.roleDefinitionId).split('/').at(-1) ?? '')}`;
    })
    .sort();
}

const parameters = (allow: string) => `
param deploymentName = 'prod'
param principalId = '${appPrincipalId}'
param subscriptions = ['${home}', '${other}']
param storageAccountIds = ['${account}']
param identityGroupId = '${identityGroup}'
${allow}`;

const nothingAllowed = `
param allowFlowLogs = false
param allowCleanup = true
param allowNetworkWatchers = true
param allowDestinations = true
param allowDeliveryProof = false
param onboardingPrincipalId = ''`;

const allAllowed = `
param allowFlowLogs = true
param allowCleanup = true
param allowNetworkWatchers = true
param allowDestinations = true
param allowDeliveryProof = true
param onboardingPrincipalId = '${pipelinePrincipalId}'`;

const template = 'infra/azure/modules/rights.bicep';
const scope = { subscriptionId: home };
const read = [
  `${identityGroup} Flowkeeper Reader (prod)`,
  `${storageGroup} Flowkeeper Reader (prod)`,
  `/subscriptions/${home} Flowkeeper Reader (prod)`,
  `/subscriptions/${other} Flowkeeper Reader (prod)`,
];

let whenReading: readonly PredictedResource[] = [];
let whenHealing: readonly PredictedResource[] = [];
let atManagementGroup: readonly PredictedResource[] = [];

withBicep(async (predict) => {
  [whenReading, whenHealing, atManagementGroup] = await Promise.all([
    predict({ template, scope, parameters: parameters(nothingAllowed) }),
    predict({ template, scope, parameters: parameters(allAllowed) }),
    predict({
      template: 'infra/azure/management-group.bicep',
      scope: { managementGroupId: 'corp' },
      parameters: `param deploymentName = 'prod'\nparam appPrincipalId = '${appPrincipalId}'`,
    }),
  ]);
});

describe('the rights of the app', () => {
  test('are reading, and nothing else, while it may not write flow logs, whatever else is allowed', () => {
    expect(grantsAmong(whenReading)).toEqual([...read].sort());
  });

  test('are reading too, over a management group, until more is asked for', () => {
    const group = '/providers/Microsoft.Management/managementGroups/corp';
    expect(grantsAmong(atManagementGroup)).toEqual([`${group} Flowkeeper Reader (prod, corp)`]);
  });

  test('reach, where all is allowed, to flow logs at the subscriptions and to identities and grants at the destinations only', () => {
    const onEach = ['Flow Log Writer', 'Flow Log Remover', 'Network Watcher Creator', 'Event Subscriber'].flatMap(
      (role) => [
        `/subscriptions/${home} Flowkeeper ${role} (prod)`,
        `/subscriptions/${other} Flowkeeper ${role} (prod)`,
      ],
    );
    expect(grantsAmong(whenHealing)).toEqual(
      [
        ...read,
        ...onEach,
        `${identityGroup} Flowkeeper Identity Operator (prod)`,
        `${account} Flowkeeper Destination Operator (prod)`,
        `${account} Flowkeeper Delivery Reader (prod)`,
      ].sort(),
    );
  });

  test('go to the identity of the app, as a service principal; to subscribe to events goes to the pipeline, and nothing else does', () => {
    const pipelineRole = ofType(whenHealing, 'Microsoft.Authorization/roleDefinitions').find(
      ({ properties }) => properties.roleName === 'Flowkeeper Event Subscriber (prod)',
    );
    for (const { properties } of ofType(whenHealing, 'Microsoft.Authorization/roleAssignments')) {
      const isOfPipeline = String(properties.roleDefinitionId).endsWith(`/${pipelineRole?.name}`);
      const principalId = isOfPipeline ? pipelinePrincipalId : appPrincipalId;
      expect(properties).toMatchObject({ principalId, principalType: 'ServicePrincipal' });
    }
  });

  test('to grant and to list come under the conditions as they are on disk, the app itself named in the first', async () => {
    const conditions = ofType(whenHealing, 'Microsoft.Authorization/roleAssignments').flatMap(({ properties }) =>
      properties.condition === undefined ? [] : [properties],
    );
    const grant = (await readCondition('destination-operator.txt')).replace('<appPrincipalId>', appPrincipalId);
    expect(conditions.map((properties) => properties.condition)).toEqual([
      grant,
      await readCondition('delivery-reader.txt'),
    ]);
    for (const properties of conditions) expect(properties.conditionVersion).toBe('2.0');
  });
});

describe('the custom roles', () => {
  test('are the role files, every permission of them, assignable at the subscriptions that need them only', async () => {
    const files = await readRoleFiles();
    const definitions = ofType(whenHealing, 'Microsoft.Authorization/roleDefinitions');
    const expected = files.map(({ roleName, description, permissions }) => ({
      roleName: `${roleName} (prod)`,
      description,
      type: 'CustomRole',
      assignableScopes: [home, other, central].map((id) => `/subscriptions/${id}`),
      permissions,
    }));
    const byName = (a: { roleName: string }, b: { roleName: string }) => a.roleName.localeCompare(b.roleName);
    const made = definitions.map(({ properties }) => ({ roleName: '', ...properties }));
    expect(made.sort(byName)).toEqual(expected.sort(byName));
  });
});
