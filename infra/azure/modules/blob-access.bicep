import { builtInRoles } from '../roles/definitions.bicep'

@description('Storage account of the flow logs.')
param storageAccountName string

@description('Object id of the identity that they are written with.')
param principalId string

resource storageAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageAccountName
}

// The name holds the principal: an identity that was deleted and made again is another principal, and an assignment can't change its own.
resource mayWrite 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storageAccount.id, principalId, builtInRoles.storageBlobDataContributor)
  scope: storageAccount
  properties: {
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      builtInRoles.storageBlobDataContributor
    )
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}
