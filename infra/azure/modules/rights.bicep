// What the identity of the app may do, scope by scope. Everything but reading is off until it is asked for.
targetScope = 'subscription'

import { destinationRoles, estateRoles, onboardingRoles, roleDefinitionName } from '../roles/definitions.bicep'

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
param onboardingPrincipalId string

var identityGroupIds = empty(identityGroupId) ? [] : [identityGroupId]
var storageGroupIds = map(storageAccountIds, id => join(take(split(id, '/'), 5), '/'))
var destinationGroupIds = union(identityGroupIds, storageGroupIds)
var assignableScopes = map(
  union([subscription().subscriptionId], subscriptions, map(destinationGroupIds, id => split(id, '/')[2])),
  id => '/subscriptions/${id}'
)

var names = {
  reader: roleDefinitionName(subscription().id, deploymentName, estateRoles.reader.name)
  flowLogWriter: roleDefinitionName(subscription().id, deploymentName, estateRoles.flowLogWriter.name)
  flowLogRemover: roleDefinitionName(subscription().id, deploymentName, estateRoles.flowLogRemover.name)
  networkWatcherCreator: roleDefinitionName(subscription().id, deploymentName, estateRoles.networkWatcherCreator.name)
  destinationOperator: roleDefinitionName(subscription().id, deploymentName, destinationRoles.destinationOperator.name)
  identityOperator: roleDefinitionName(subscription().id, deploymentName, destinationRoles.identityOperator.name)
  identityUser: roleDefinitionName(subscription().id, deploymentName, destinationRoles.identityUser.name)
  deliveryReader: roleDefinitionName(subscription().id, deploymentName, destinationRoles.deliveryReader.name)
  eventSubscriber: roleDefinitionName(subscription().id, deploymentName, onboardingRoles.eventSubscriber.name)
}

module roles 'role-definitions.bicep' = {
  params: {
    deploymentName: deploymentName
    roles: map(concat(items(estateRoles), items(destinationRoles), items(onboardingRoles)), role => role.value)
    assignableScopes: assignableScopes
  }
}

module subscriptionRights 'subscription-rights.bicep' = [
  for id in subscriptions: {
    scope: subscription(id)
    params: {
      principalId: principalId
      roleDefinitionNames: concat(
        [names.reader],
        allowFlowLogs ? [names.flowLogWriter] : [],
        allowFlowLogs && allowCleanup ? [names.flowLogRemover] : [],
        allowFlowLogs && allowNetworkWatchers ? [names.networkWatcherCreator] : []
      )
    }
    dependsOn: [roles]
  }
]

// Whoever adds subscriptions is somebody else than the app.
module onboardingRights 'subscription-rights.bicep' = [
  for id in empty(onboardingPrincipalId) ? [] : subscriptions: {
    scope: subscription(id)
    params: {
      principalId: onboardingPrincipalId
      roleDefinitionNames: [names.eventSubscriber]
    }
    dependsOn: [roles]
  }
]

// Destinations and identities may lie outside the estate, so that the reader is assigned there too.
module groupReadRights 'resource-group-rights.bicep' = [
  for id in destinationGroupIds: {
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: {
      principalId: principalId
      roleDefinitionNames: [names.reader]
    }
    dependsOn: [roles]
  }
]

module identityRights 'resource-group-rights.bicep' = [
  for id in allowFlowLogs ? identityGroupIds : []: {
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: {
      principalId: principalId
      roleDefinitionNames: [allowDestinations ? names.identityOperator : names.identityUser]
    }
    dependsOn: [roles]
  }
]

module destinationRights 'destination-rights.bicep' = [
  for id in storageAccountIds: {
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: {
      storageAccountName: split(id, '/')[8]
      principalId: principalId
      destinationOperator: allowFlowLogs && allowDestinations ? names.destinationOperator : ''
      deliveryReader: allowDeliveryProof ? names.deliveryReader : ''
    }
    dependsOn: [roles]
  }
]
