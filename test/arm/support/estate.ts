/** A small estate for tests: one subscription with everything a flow log needs, and a second subscription without. */
export const tenantId = '11111111-0000-4000-8000-000000000001';
export const subscriptionId = '22222222-0000-4000-8000-000000000001';
export const otherSubscriptionId = '22222222-0000-4000-8000-000000000002';
export const owner = {
  name: 'operator',
  clientId: '33333333-0000-4000-8000-000000000001',
  principalId: '44444444-0000-4000-8000-000000000001',
};
export const reader = {
  name: 'reader',
  clientId: '33333333-0000-4000-8000-000000000002',
  principalId: '44444444-0000-4000-8000-000000000002',
};
export const stranger = {
  name: 'stranger',
  clientId: '33333333-0000-4000-8000-000000000003',
  principalId: '44444444-0000-4000-8000-000000000003',
};

export const roles = {
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  networkContributor: '4d97b98b-1d4f-4787-a291-c67834d212e7',
  identityOperator: 'f1a07417-d97a-45cb-824c-7a7467783830',
  blobReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
  blobContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
};

export const group = `/subscriptions/${subscriptionId}/resourceGroups/rg-network`;
export const watcherGroup = `/subscriptions/${subscriptionId}/resourceGroups/NetworkWatcherRG`;
export const network = (name: string) => `${group}/providers/Microsoft.Network/virtualNetworks/${name}`;
export const watcher = `${watcherGroup}/providers/Microsoft.Network/networkWatchers/NetworkWatcher_westeurope`;
export const flowLog = (name: string) => `${watcher}/flowLogs/${name}`;
export const storage = (name: string) => `${group}/providers/Microsoft.Storage/storageAccounts/${name}`;
export const identity = (name: string) => `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;

const guid = (last: number) => `55555555-0000-4000-8000-${String(last).padStart(12, '0')}`;

/** A role assignment as an estate lists it. */
export function assignment(scope: string, principalId: string, role: string, last: number) {
  const roleDefinitionId = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
  return {
    id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${guid(last)}`,
    properties: { scope, roleDefinitionId, principalId, principalType: 'ServicePrincipal' },
  };
}

export const estate = {
  tenantId,
  principals: [owner, reader, stranger],
  subscriptions: [
    { subscriptionId, displayName: 'sub-one' },
    { subscriptionId: otherSubscriptionId, displayName: 'sub-two' },
  ],
  resources: [
    { id: group, location: 'westeurope' },
    { id: watcherGroup, location: 'westeurope' },
    { id: watcher, location: 'westeurope' },
    { id: `/subscriptions/${otherSubscriptionId}/resourceGroups/rg-other`, location: 'northeurope' },
    {
      id: network('vnet-a'),
      location: 'westeurope',
      properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } },
    },
    {
      id: network('vnet-north'),
      location: 'northeurope',
      properties: { addressSpace: { addressPrefixes: ['10.1.0.0/16'] } },
    },
    { id: storage('stwest'), location: 'westeurope', sku: { name: 'Standard_LRS' }, kind: 'StorageV2' },
    { id: storage('stnorth'), location: 'northeurope', sku: { name: 'Standard_LRS' }, kind: 'StorageV2' },
    { id: storage('stpremium'), location: 'westeurope', sku: { name: 'Premium_LRS' }, kind: 'StorageV2' },
    { id: identity('id-logs'), location: 'westeurope' },
    assignment(`/subscriptions/${subscriptionId}`, owner.principalId, roles.owner, 1),
    assignment(`/subscriptions/${otherSubscriptionId}`, owner.principalId, roles.owner, 2),
    assignment(`/subscriptions/${subscriptionId}`, reader.principalId, roles.reader, 3),
  ],
};
