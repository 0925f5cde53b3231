// What the identity of the app may do, scope by scope. Everything but reading is off until it is asked for.
targetScope = 'subscription'

import { destinationRoles, estateRoles } from '../roles/definitions.bicep'

@description('Name of this deployment of Flowkeeper.')
param deploymentName string

@description('Object id of the identity of the app.')
param principalId string

@description('See main.bicep for each of these.')
param subscriptions string[]
param allowFlowLogs bool
param allowCleanup bool
param allowNetworkWatchers bool
param storageAccountIds string[]
param identityGroupId string
param allowDestinations bool
param allowDeliveryProof bool

var identityGroupIds = empty(identityGroupId) ? [] : [identityGroupId]
var storageGroupIds = map(storageAccountIds, id => join(take(split(id, '/'), 5), '/'))
var destinationGroupIds = union(identityGroupIds, storageGroupIds)
var assignableScopes = map(
  union([subscription().subscriptionId], subscriptions, map(destinationGroupIds, id => split(id, '/')[2])),
  id => '/subscriptions/${id}'
)

module roles 'role-definitions.bicep' = {
  params: {
    deploymentName: deploymentName
    roles: union(estateRoles, destinationRoles)
    assignableScopes: assignableScopes
  }
}

module subscriptionRights 'subscription-rights.bicep' = [
  for id in subscriptions: {
    scope: subscription(id)
    params: {
      principalId: principalId
      roleDefinitionNames: concat(
        [roles.outputs.names.reader],
        allowFlowLogs ? [roles.outputs.names.flowLogWriter] : [],
        allowFlowLogs && allowCleanup ? [roles.outputs.names.flowLogRemover] : [],
        allowFlowLogs && allowNetworkWatchers ? [roles.outputs.names.networkWatcherCreator] : []
      )
    }
  }
]

// Destinations and identities may lie outside the estate, so that the reader is assigned there too.
module groupReadRights 'resource-group-rights.bicep' = [
  for id in destinationGroupIds: {
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: {
      principalId: principalId
      roleDefinitionNames: [roles.outputs.names.reader]
    }
  }
]

module identityRights 'resource-group-rights.bicep' = [
  for id in allowFlowLogs ? identityGroupIds : []: {
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: {
      principalId: principalId
      roleDefinitionNames: [allowDestinations ? roles.outputs.names.identityOperator : roles.outputs.names.identityUser]
    }
  }
]

module destinationRights 'destination-rights.bicep' = [
  for id in storageAccountIds: {
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: {
      storageAccountName: split(id, '/')[8]
      principalId: principalId
      destinationOperator: allowFlowLogs && allowDestinations ? roles.outputs.names.destinationOperator : ''
      deliveryReader: allowDeliveryProof ? roles.outputs.names.deliveryReader : ''
    }
  }
]
