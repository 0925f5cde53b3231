import { Tags } from 'types.bicep'

@description('Storage account of the flow logs of one location, and the identity that they write with.')
param storageAccountName string
param identityName string

param location string
param tags Tags

@description('Days after which a log is deleted. 0: never.')
param retentionDays int

@description('Refuse all networks but trusted services, of which flow logs are one.')
param firewall bool

@description('Keep the account from being deleted. That keeps nobody from writing logs or from granting roles; it keeps a role assignment on the account from being deleted.')
param lock bool

resource storageAccount 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: storageAccountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    supportsHttpsTrafficOnly: true
    minimumTlsVersion: 'TLS1_2'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: firewall ? 'Deny' : 'Allow'
    }
  }
}

// Versioning stays off: a flow log is appended to every minute, and each append would make a version.
resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: storageAccount
  name: 'default'
  properties: {
    isVersioningEnabled: false
  }
}

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = if (retentionDays > 0) {
  parent: storageAccount
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'end-of-flow-logs'
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob', 'appendBlob']
              prefixMatch: ['insights-logs-flowlogflowevent/']
            }
            actions: {
              baseBlob: {
                delete: { daysAfterModificationGreaterThan: retentionDays }
              }
            }
          }
        }
      ]
    }
  }
}

resource noDelete 'Microsoft.Authorization/locks@2020-05-01' = if (lock) {
  name: 'flow-logs'
  scope: storageAccount
  properties: {
    level: 'CanNotDelete'
    notes: 'Flow logs are evidence.'
  }
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: identityName
  location: location
  tags: tags
}

module blobAccess 'blob-access.bicep' = {
  params: {
    storageAccountName: storageAccount.name
    principalId: identity.properties.principalId
  }
}

output storageAccountId string = storageAccount.id
output identityId string = identity.id
