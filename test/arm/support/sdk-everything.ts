import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ManagementLockClient } from '@azure/arm-locks';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { NetworkManagementClient } from '@azure/arm-network';
import { PolicyClient } from '@azure/arm-policy';
import { ResourceManagementClient } from '@azure/arm-resources';
import { StorageManagementClient } from '@azure/arm-storage';
import type { TokenCredential } from '@azure/identity';
import { expect } from 'vitest';
import { group, roles, storage, subscriptionId } from './estate.ts';
import { interfaceIn, machine, subnet } from './machines.ts';

const location = 'westeurope';
const scope = `/subscriptions/${subscriptionId}`;

/** Makes, reads, changes, lists and deletes something of every resource type with the plain SDKs, their own retries on. */
export async function runEveryType(endpoint: string, credential: TokenCredential, webhookUrl: string): Promise<void> {
  const resources = new ResourceManagementClient(credential, subscriptionId, { endpoint });
  await groupsAndProviders(resources);
  await networks(new NetworkManagementClient(credential, subscriptionId, { endpoint }), resources);
  await accounts(new StorageManagementClient(credential, subscriptionId, { endpoint }));
  await identitiesAndRoles(
    new ManagedServiceIdentityClient(credential, subscriptionId, { endpoint }),
    new AuthorizationManagementClient(credential, subscriptionId, { endpoint }),
  );
  await locks(new ManagementLockClient(credential, subscriptionId, { endpoint }));
  await policies(new PolicyClient(credential, subscriptionId, { endpoint }));
  await byIdOnly(resources, webhookUrl);
}

async function groupsAndProviders({ resourceGroups, providers, resources }: ResourceManagementClient): Promise<void> {
  expect(await resourceGroups.createOrUpdate('rg-all', { location })).toMatchObject({ name: 'rg-all', location });
  expect((await resourceGroups.update('rg-all', { tags: { a: 'b' } })).tags).toEqual({ a: 'b' });
  expect(await resourceGroups.get('rg-all')).toMatchObject({ properties: { provisioningState: 'Succeeded' } });
  expect((await Array.fromAsync(resourceGroups.list())).map(({ name }) => name)).toContain('rg-all');
  await resourceGroups.delete('rg-all');
  await expect(resourceGroups.get('rg-all')).rejects.toMatchObject({ code: 'ResourceGroupNotFound' });

  await providers.unregister('Microsoft.Insights');
  expect((await providers.get('Microsoft.Insights')).registrationState).toBe('NotRegistered');
  await providers.register('Microsoft.Insights');
  expect((await Array.fromAsync(providers.list())).map(({ namespace }) => namespace)).toContain('Microsoft.Network');

  await expect(
    resources.moveResources('rg-network', { resources: [storage('stwest')], targetResourceGroup: group }),
  ).rejects.toMatchObject({ code: 'ResourceMoveNotSupported' });
}

async function networks(client: NetworkManagementClient, { resources }: ResourceManagementClient): Promise<void> {
  const { virtualNetworks, subnets, networkInterfaces, networkWatchers } = client;
  const space = { addressSpace: { addressPrefixes: ['10.3.0.0/16'] } };
  const made = { location, ...space, subnets: [{ name: 'default', addressPrefix: '10.3.0.0/24' }] };
  await virtualNetworks.createOrUpdate('rg-network', 'vnet-all', made);
  expect((await virtualNetworks.updateTags('rg-network', 'vnet-all', { tags: { a: 'b' } })).tags).toEqual({ a: 'b' });
  expect((await Array.fromAsync(virtualNetworks.list('rg-network'))).map(({ name }) => name)).toContain('vnet-all');
  expect((await Array.fromAsync(subnets.list('rg-network', 'vnet-all'))).map(({ name }) => name)).toEqual(['default']);

  await subnets.createOrUpdate('rg-network', 'vnet-all', 'second', { addressPrefix: '10.3.1.0/24' });
  expect(await subnets.get('rg-network', 'vnet-all', 'second')).toMatchObject({ provisioningState: 'Succeeded' });
  await subnets.delete('rg-network', 'vnet-all', 'second');

  const ipConfigurations = [{ name: 'one', subnet: { id: subnet('vnet-all') } }];
  await networkInterfaces.createOrUpdate('rg-network', 'nic-all', { location, ipConfigurations });
  const networkProfile = { networkInterfaces: [{ id: interfaceIn('vnet-all', 'nic-all').id }] };
  await resources.createOrUpdateById(machine('vm-all'), '2025-04-01', { location, properties: { networkProfile } });
  const [attached] = await Array.fromAsync(networkInterfaces.listAll());
  expect(attached).toMatchObject({ virtualMachine: { id: machine('vm-all') }, macAddress: expect.any(String) });
  await expect(virtualNetworks.delete('rg-network', 'vnet-all')).rejects.toMatchObject({
    code: 'InUseSubnetCannotBeDeleted',
  });
  await resources.deleteById(machine('vm-all'), '2025-04-01');
  await networkInterfaces.delete('rg-network', 'nic-all');
  await virtualNetworks.delete('rg-network', 'vnet-all');

  const another = networkWatchers.createOrUpdate('NetworkWatcherRG', 'second', { location });
  await expect(another).rejects.toMatchObject({ code: 'NetworkWatcherCountLimitReached' });
  await networkWatchers.createOrUpdate('NetworkWatcherRG', 'uk', { location: 'uksouth' });
  await networkWatchers.delete('NetworkWatcherRG', 'uk');
}

async function accounts({ storageAccounts, managementPolicies, blobServices }: StorageManagementClient): Promise<void> {
  const made = { location, kind: 'StorageV2', sku: { name: 'Standard_LRS' } };
  await storageAccounts.create('rg-network', 'stall', made);
  const networkRuleSet = { defaultAction: 'Deny', bypass: 'AzureServices' } as const;
  const updated = await storageAccounts.update('rg-network', 'stall', { networkRuleSet });
  expect(updated.networkRuleSet).toMatchObject(networkRuleSet);
  expect((await Array.fromAsync(storageAccounts.list())).map(({ name }) => name)).toContain('stall');
  await blobServices.setServiceProperties('rg-network', 'stall', { isVersioningEnabled: true });
  expect((await blobServices.getServiceProperties('rg-network', 'stall')).isVersioningEnabled).toBe(true);
  const expire = {
    name: 'expire',
    type: 'Lifecycle',
    definition: { actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 30 } } } },
  };
  await managementPolicies.createOrUpdate('rg-network', 'stall', 'default', { policy: { rules: [expire] } });
  expect((await managementPolicies.get('rg-network', 'stall', 'default')).policy?.rules).toMatchObject([expire]);
  await storageAccounts.delete('rg-network', 'stall');
}

async function identitiesAndRoles(
  { userAssignedIdentities }: ManagedServiceIdentityClient,
  { roleAssignments, roleDefinitions }: AuthorizationManagementClient,
): Promise<void> {
  const identity = await userAssignedIdentities.createOrUpdate('rg-network', 'id-all', { location });
  await userAssignedIdentities.update('rg-network', 'id-all', { location, tags: { a: 'b' } });
  const listed = await Array.fromAsync(userAssignedIdentities.listByResourceGroup('rg-network'));
  expect(listed.map(({ name }) => name)).toContain('id-all');

  const definition = await roleDefinitions.get(scope, roles.blobContributor);
  expect(definition.roleName).toBe('Storage Blob Data Contributor');
  expect((await Array.fromAsync(roleDefinitions.list(scope))).length).toBeGreaterThan(5);
  const name = '99999999-0000-4000-8000-000000000055';
  await roleAssignments.create(storage('stwest'), name, {
    roleDefinitionId: definition.id ?? '',
    principalId: identity.principalId ?? '',
    principalType: 'ServicePrincipal',
  });
  expect((await roleAssignments.get(storage('stwest'), name)).principalId).toBe(identity.principalId);
  await roleAssignments.delete(storage('stwest'), name);
  await userAssignedIdentities.delete('rg-network', 'id-all');
}

async function locks({ managementLocks }: ManagementLockClient): Promise<void> {
  await managementLocks.createOrUpdateByScope(storage('stwest'), 'keep', { level: 'CanNotDelete' });
  const found = await Array.fromAsync(managementLocks.listByScope(storage('stwest')));
  expect(found.map(({ level }) => level)).toEqual(['CanNotDelete']);
  await managementLocks.deleteByScope(storage('stwest'), 'keep');
}

async function policies({ policyDefinitions, policyAssignments }: PolicyClient): Promise<void> {
  const policyRule: unknown = JSON.parse(
    '{ "if": { "field": "tags.forbidden", "exists": true }, "then": { "effect": "deny" } }',
  );
  const definition = await policyDefinitions.createOrUpdate('no-forbidden', { policyRule, mode: 'All' });
  const assignment = { policyDefinitionId: definition.id ?? '' };
  await policyAssignments.create(group, 'no-forbidden', assignment);
  const found = await Array.fromAsync(policyAssignments.listForResourceGroup('rg-network'));
  expect(found.map(({ name }) => name)).toEqual(['no-forbidden']);
  await policyAssignments.delete(group, 'no-forbidden');
}

/** Types whose own SDKs are not used here: by their id, as the generic client does it. */
async function byIdOnly({ resources }: ResourceManagementClient, webhookUrl: string): Promise<void> {
  expect(await resources.getById(scope, '2022-12-01')).toMatchObject({ id: scope });
  const workspace = `${group}/providers/Microsoft.OperationalInsights/workspaces/log-all`;
  await resources.createOrUpdateById(workspace, '2023-09-01', { location, properties: {} });
  expect(await resources.getById(workspace, '2023-09-01')).toMatchObject({ id: workspace, location });
  await resources.deleteById(workspace, '2023-09-01');

  const events = `${scope}/providers/Microsoft.EventGrid/eventSubscriptions/all`;
  const destination = { endpointType: 'WebHook', properties: { endpointUrl: webhookUrl } };
  await resources.createOrUpdateById(events, '2025-02-15', { properties: { destination } });
  expect(await resources.getById(events, '2025-02-15')).toMatchObject({
    properties: { provisioningState: 'Succeeded' },
  });
  await resources.deleteById(events, '2025-02-15');
  await expect(resources.getById(events, '2025-02-15')).rejects.toMatchObject({ statusCode: 404 });
}
