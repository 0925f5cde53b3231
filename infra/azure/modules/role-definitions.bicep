targetScope = 'subscription'

import { Role } from 'types.bicep'

@description('Name of this deployment of Flowkeeper: keeps the roles of two deployments in one tenant apart.')
param deploymentName string

@description('Role files by key.')
param roles {
  *: Role
}

@description('Resource ids of the subscriptions at which these roles may be assigned. The one deployed to must be among them.')
param assignableScopes string[]

resource definitions 'Microsoft.Authorization/roleDefinitions@2022-04-01' = [
  for role in items(roles): {
    name: guid(subscription().id, deploymentName, role.value.name)
    properties: {
      roleName: '${role.value.roleName} (${deploymentName})'
      description: role.value.description
      type: 'CustomRole'
      assignableScopes: assignableScopes
      permissions: role.value.permissions
    }
  }
]

@description('Names (GUIDs) of the role definitions, by the key of the role.')
output names {
  *: string
} = toObject(
  items(roles),
  role => role.key,
  role => guid(subscription().id, deploymentName, role.value.name)
)
