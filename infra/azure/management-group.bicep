// The rights of the app over all subscriptions below a management group, those of tomorrow included.
// Instead of the list of subscriptions of main.bicep, and after it: the app's identity must exist.
targetScope = 'managementGroup'

import { estateRoles, onboardingRoles, roleDefinitionName } from 'roles/definitions.bicep'

@description('Name of the deployment of Flowkeeper.')
param deploymentName string

@description('Output FLOWKEEPER_PRINCIPAL_ID of main.bicep.')
param appPrincipalId string

@description('As in main.bicep.')
param allowFlowLogs bool = false
param allowCleanup bool = false
param allowNetworkWatchers bool = false
param onboardingPrincipalId string = ''

var appRoles = concat(
  [estateRoles.reader],
  allowFlowLogs ? [estateRoles.flowLogWriter] : [],
  allowFlowLogs && allowCleanup ? [estateRoles.flowLogRemover] : [],
  allowFlowLogs && allowNetworkWatchers ? [estateRoles.networkWatcherCreator] : []
)
var roles = concat(appRoles, empty(onboardingPrincipalId) ? [] : [onboardingRoles.eventSubscriber])

resource definitions 'Microsoft.Authorization/roleDefinitions@2022-04-01' = [
  for role in roles: {
    name: roleDefinitionName(managementGroup().id, deploymentName, role.name)
    properties: {
      roleName: '${role.roleName} (${deploymentName}, ${managementGroup().name})'
      description: role.description
      type: 'CustomRole'
      assignableScopes: [managementGroup().id]
      permissions: role.permissions
    }
  }
]

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (role, index) in roles: {
    name: guid(managementGroup().id, role.holder == 'app' ? appPrincipalId : onboardingPrincipalId, role.name)
    properties: {
      roleDefinitionId: definitions[index].id
      principalId: role.holder == 'app' ? appPrincipalId : onboardingPrincipalId
      principalType: 'ServicePrincipal'
    }
  }
]
