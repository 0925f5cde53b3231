import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { NetworkManagementClient } from '@azure/arm-network';
import { ResourceGraphClient } from '@azure/arm-resourcegraph';
import { StorageManagementClient } from '@azure/arm-storage';
import { ManagedIdentityCredential } from '@azure/identity';
import { expect } from 'vitest';
import { network, owner, roles, storage, subscriptionId, watcher } from './estate.ts';
import type { Simulator } from './simulator.ts';

/** The managed identity credential of the estate's owner. */
export function credentialOf(simulator: Simulator): ManagedIdentityCredential {
  process.env.IDENTITY_ENDPOINT = simulator.identityEndpoint;
  process.env.IDENTITY_HEADER = simulator.identityHeader;
  return new ManagedIdentityCredential({ clientId: owner.clientId });
}

/** A program as anyone would write it: five SDKs and the managed identity credential, their own retries on. */
export async function runSdkProgram(simulator: Simulator): Promise<void> {
  const credential = credentialOf(simulator);
  const endpoint = simulator.armEndpoint;
  const networks = new NetworkManagementClient(credential, subscriptionId, { endpoint });
  const identities = new ManagedServiceIdentityClient(credential, subscriptionId, { endpoint });
  const authorization = new AuthorizationManagementClient(credential, subscriptionId, { endpoint });
  const accounts = new StorageManagementClient(credential, subscriptionId, { endpoint });
  const graph = new ResourceGraphClient(credential, { endpoint });

  const made = await networks.virtualNetworks.createOrUpdate('rg-network', 'vnet-sdk', {
    location: 'westeurope',
    addressSpace: { addressPrefixes: ['10.9.0.0/16'] },
    subnets: [{ name: 'default', addressPrefix: '10.9.0.0/24' }],
  });
  expect(made).toMatchObject({
    id: network('vnet-sdk'),
    provisioningState: 'Succeeded',
    subnets: [{ name: 'default', provisioningState: 'Succeeded' }],
  });

  const identity = await identities.userAssignedIdentities.createOrUpdate('rg-network', 'id-sdk', {
    location: 'westeurope',
  });
  const account = await accounts.storageAccounts.getProperties('rg-network', 'stwest');
  expect(account).toMatchObject({ id: storage('stwest'), sku: { tier: 'Standard' } });
  const assigned = await authorization.roleAssignments.create(
    storage('stwest'),
    '99999999-0000-4000-8000-000000000001',
    {
      roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roles.blobContributor}`,
      principalId: identity.principalId ?? '',
      principalType: 'ServicePrincipal',
    },
  );
  expect(assigned).toMatchObject({ scope: storage('stwest'), principalType: 'ServicePrincipal' });

  const flowLog = await networks.flowLogs.createOrUpdate('NetworkWatcherRG', 'NetworkWatcher_westeurope', 'fl-sdk', {
    location: 'westeurope',
    targetResourceId: network('vnet-sdk'),
    storageId: storage('stwest'),
    enabled: true,
    format: { type: 'JSON', version: 2 },
    identity: { type: 'UserAssigned', userAssignedIdentities: { [identity.id ?? '']: {} } },
  });
  expect(flowLog).toMatchObject({
    enabled: true,
    provisioningState: 'Succeeded',
    targetResourceGuid: made.resourceGuid,
    format: { type: 'JSON' },
  });
  expect(Object.values(flowLog.identity?.userAssignedIdentities ?? {})).toEqual([
    { principalId: identity.principalId, clientId: identity.clientId },
  ]);

  const listed = await Array.fromAsync(networks.flowLogs.list('NetworkWatcherRG', 'NetworkWatcher_westeurope'));
  expect(listed.map(({ name }) => name)).toEqual(['fl-sdk']);
  const watchers = await Array.fromAsync(networks.networkWatchers.listAll());
  expect(watchers.map(({ id }) => id)).toEqual([watcher]);
  expect(watchers[0]?.etag).toBe(listed[0]?.etag);
  const found = await Array.fromAsync(
    authorization.roleAssignments.listForScope(storage('stwest'), {
      filter: `principalId eq '${identity.principalId}'`,
    }),
  );
  expect(found.map(({ name }) => name)).toEqual(['99999999-0000-4000-8000-000000000001']);

  const query =
    "resources | where type =~ 'microsoft.network/networkwatchers/flowlogs' | project id, target = tolower(properties.targetResourceId)";
  const rows = await graph.resources({ query, subscriptions: [subscriptionId] });
  expect(rows).toMatchObject({
    totalRecords: 1,
    resultTruncated: 'false',
    data: [{ target: network('vnet-sdk').toLowerCase() }],
  });

  await networks.flowLogs.delete('NetworkWatcherRG', 'NetworkWatcher_westeurope', 'fl-sdk');
  await networks.virtualNetworks.delete('rg-network', 'vnet-sdk');
  await expect(networks.virtualNetworks.get('rg-network', 'vnet-sdk')).rejects.toMatchObject({
    statusCode: 404,
    code: 'ResourceNotFound',
  });
}
