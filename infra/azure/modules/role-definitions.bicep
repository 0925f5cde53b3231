targetScope = 'subscription'

import { roleDefinitionName } from '../roles/definitions.bicep'
import { Role } from 'types.bicep'

@description('Name of this deployment of Flowkeeper: keeps the roles of two deployments in one tenant apart.')
param deploymentName string

@description('The role files.')
param roles Role[]

@description('Resource ids of the subscriptions at which these roles may be assigned. The one deployed to must be among them.')
param assignableScopes string[]

resource definitions 'Microsoft.Authorization/roleDefinitions@2022-04-01' = [
  for role in roles: {
    name: roleDefinitionName(subscription().id, deploymentName, role.name)
    properties: {
      roleName: '${role.roleName} (${deploymentName})'
      description: role.description
      type: 'CustomRole'
      assignableScopes: assignableScopes
      permissions: role.permissions
    }
  }
]
