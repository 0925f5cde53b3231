@description('Object id of the identity of the app.')
param principalId string

@description('Names (GUIDs) of the role definitions to assign on this resource group.')
param roleDefinitionNames string[]

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roleDefinitionNames: {
    name: guid(resourceGroup().id, principalId, role)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]
