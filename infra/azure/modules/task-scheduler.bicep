import { builtInRoles } from '../roles/definitions.bicep'
import { Tags, TaskScheduler } from 'types.bicep'

@description('Name of the Durable Task Scheduler.')
param name string

@description('Name of its task hub.')
param hubName string

param location string
param tags Tags

@description('Object id of the identity of the app.')
param appPrincipalId string

// An empty list would refuse everybody. Whoever comes still needs a token and the role below.
resource scheduler 'Microsoft.DurableTask/schedulers@2025-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: { name: 'Consumption' }
    ipAllowlist: ['0.0.0.0/0']
  }
}

resource hub 'Microsoft.DurableTask/schedulers/taskHubs@2025-11-01' = {
  parent: scheduler
  name: hubName
}

resource hubAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hub.id, appPrincipalId, builtInRoles.durableTaskDataContributor)
  scope: hub
  properties: {
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      builtInRoles.durableTaskDataContributor
    )
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

output scheduler TaskScheduler = {
  endpoint: scheduler.properties.endpoint
  hubName: hub.name
}
