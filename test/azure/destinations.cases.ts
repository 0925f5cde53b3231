import { describe, expect, test } from 'vitest';
import { withBicep } from './bicep.ts';
import { ofType, type PredictedResource } from './predict.ts';

let resources: readonly PredictedResource[] = [];

withBicep(async (predict) => {
  resources = await predict({
    template: 'infra/azure/destinations.bicep',
    scope: { subscriptionId: '11111111-1111-1111-1111-111111111111' },
    parameters: `
param deploymentName = 'prod'
param locations = ['westeurope', 'northeurope']
param retentionDays = 30
param lock = true
param network = { location: 'westeurope', privateEndpointSubnetId: '/subnet', blobZoneId: '/zones/blob' }`,
  });
});

describe('destinations made beforehand', () => {
  test('are a storage account and an identity in each location', () => {
    for (const type of ['Microsoft.Storage/storageAccounts', 'Microsoft.ManagedIdentity/userAssignedIdentities']) {
      expect(ofType(resources, type).map(({ location }) => location)).toEqual(['westeurope', 'northeurope']);
    }
  });

  test('have accounts that flow logs can be written to, and nobody else reaches', () => {
    for (const account of ofType(resources, 'Microsoft.Storage/storageAccounts')) {
      expect(account.name).toMatch(/^[a-z0-9]{3,24}$/);
      expect(account).toMatchObject({
        kind: 'StorageV2',
        sku: { name: 'Standard_LRS' },
        properties: {
          allowSharedKeyAccess: false,
          allowBlobPublicAccess: false,
          networkAcls: { bypass: 'AzureServices', defaultAction: 'Deny' },
        },
      });
    }
  });

  test('let each identity write to the account of its own location, under a name that its principal is part of', () => {
    const assignments = ofType(resources, 'Microsoft.Authorization/roleAssignments');
    expect(assignments).toHaveLength(2);
    const accounts = ofType(resources, 'Microsoft.Storage/storageAccounts');
    for (const [index, { id, name, properties }] of assignments.entries()) {
      expect(id).toContain(accounts[index]?.id);
      expect(name).toContain('.principalId');
      expect(properties).toMatchObject({ principalType: 'ServicePrincipal' });
      expect(properties.roleDefinitionId).toMatch(/\/ba92f5b4-2d11-453d-a403-e96b0029c9fe$/);
      expect(properties.principalId).toContain(`id-flowkeeper-prod-${accounts[index]?.location}`);
    }
  });

  test('are locked against deletion where that is asked for, which keeps no log and no grant out', () => {
    const locks = ofType(resources, 'Microsoft.Authorization/locks');
    expect(locks.map(({ properties }) => properties.level)).toEqual(['CanNotDelete', 'CanNotDelete']);
  });

  test('are reached from a network of yours by private endpoints, all of them in its location', () => {
    const endpoints = ofType(resources, 'Microsoft.Network/privateEndpoints');
    expect(endpoints.map(({ name, location }) => [name, location])).toEqual([
      ['pe-flowkeeper-prod-westeurope', 'westeurope'],
      ['pe-flowkeeper-prod-northeurope', 'westeurope'],
    ]);
  });

  test('end the life of old logs by one rule of the account, without making versions', () => {
    for (const { properties } of ofType(resources, 'Microsoft.Storage/storageAccounts/blobServices')) {
      expect(properties).toMatchObject({ isVersioningEnabled: false });
    }
    const rules = ofType(resources, 'Microsoft.Storage/storageAccounts/managementPolicies');
    expect(rules).toHaveLength(2);
    for (const { properties } of rules) {
      const actions = { baseBlob: { delete: { daysAfterModificationGreaterThan: 30 } } };
      expect(properties).toMatchObject({ policy: { rules: [{ definition: { actions } }] } });
    }
  });
});
