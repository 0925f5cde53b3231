@description('Storage account that flow logs are written to.')
param storageAccountName string

@description('Object id of the identity of the app.')
param principalId string

@description('Name (GUID) of the destination operator role; empty where the app may not grant anything.')
param destinationOperator string

@description('Name (GUID) of the delivery reader role; empty where the app may not list blobs.')
param deliveryReader string

// Without the last part of this condition the app could grant itself the data role, and erase evidence.
var grantCondition = replace(
  loadTextContent('../conditions/destination-operator.txt'),
  '<appPrincipalId>',
  principalId
)

resource storageAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageAccountName
}

resource mayGrant 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(destinationOperator)) {
  name: guid(storageAccount.id, principalId, destinationOperator)
  scope: storageAccount
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', destinationOperator)
    principalId: principalId
    principalType: 'ServicePrincipal'
    condition: grantCondition
    conditionVersion: '2.0'
  }
}

resource mayList 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deliveryReader)) {
  name: guid(storageAccount.id, principalId, deliveryReader)
  scope: storageAccount
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', deliveryReader)
    principalId: principalId
    principalType: 'ServicePrincipal'
    condition: loadTextContent('../conditions/delivery-reader.txt')
    conditionVersion: '2.0'
  }
}
