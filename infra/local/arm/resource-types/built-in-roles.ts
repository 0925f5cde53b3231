import type { RoleDefinition } from '../core/role-definition.ts';

const storage = 'Microsoft.Storage/storageAccounts/blobServices';
const authorization = 'Microsoft.Authorization';

/** The built-in roles that an estate with flow logs uses; GUIDs and actions as Azure publishes them. */
export const builtInRoles: readonly RoleDefinition[] = [
  role('8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner', ['*']),
  role('b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor', ['*'], {
    notActions: [
      `${authorization}/*/Delete`,
      `${authorization}/*/Write`,
      `${authorization}/elevateAccess/Action`,
      'Microsoft.Blueprint/blueprintAssignments/write',
      'Microsoft.Blueprint/blueprintAssignments/delete',
    ],
  }),
  role('acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader', ['*/read']),
  role('18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', 'User Access Administrator', [
    '*/read',
    `${authorization}/*`,
    'Microsoft.Support/*',
  ]),
  role('f58310d9-a9f6-439a-9e8d-f62e7b41a168', 'Role Based Access Control Administrator', [
    `${authorization}/roleAssignments/write`,
    `${authorization}/roleAssignments/delete`,
    '*/read',
    'Microsoft.Support/*',
  ]),
  role('4d97b98b-1d4f-4787-a291-c67834d212e7', 'Network Contributor', [
    `${authorization}/*/read`,
    'Microsoft.Insights/alertRules/*',
    'Microsoft.Network/*',
    'Microsoft.Resources/deployments/*',
    'Microsoft.Resources/subscriptions/resourceGroups/read',
  ]),
  role('e40ec5ca-96e0-45a2-b4ff-59039f2c2b59', 'Managed Identity Contributor', [
    'Microsoft.ManagedIdentity/userAssignedIdentities/read',
    'Microsoft.ManagedIdentity/userAssignedIdentities/write',
    'Microsoft.ManagedIdentity/userAssignedIdentities/delete',
    `${authorization}/*/read`,
    'Microsoft.Resources/subscriptions/resourceGroups/read',
  ]),
  role('f1a07417-d97a-45cb-824c-7a7467783830', 'Managed Identity Operator', [
    'Microsoft.ManagedIdentity/userAssignedIdentities/*/read',
    'Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action',
    `${authorization}/*/read`,
    'Microsoft.Resources/subscriptions/resourceGroups/read',
  ]),
  role(
    'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    'Storage Blob Data Contributor',
    [
      `${storage}/containers/delete`,
      `${storage}/containers/read`,
      `${storage}/containers/write`,
      `${storage}/generateUserDelegationKey/action`,
    ],
    {
      dataActions: ['delete', 'read', 'write', 'move/action', 'add/action'].map(
        (verb) => `${storage}/containers/blobs/${verb}`,
      ),
    },
  ),
  role(
    'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
    'Storage Blob Data Owner',
    [`${storage}/containers/*`, `${storage}/generateUserDelegationKey/action`],
    { dataActions: [`${storage}/containers/blobs/*`] },
  ),
  role(
    '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
    'Storage Blob Data Reader',
    [`${storage}/containers/read`, `${storage}/generateUserDelegationKey/action`],
    { dataActions: [`${storage}/containers/blobs/read`] },
  ),
];

type Rest = { readonly notActions?: readonly string[]; readonly dataActions?: readonly string[] };

function role(
  name: string,
  roleName: string,
  actions: readonly string[],
  { notActions = [], dataActions = [] }: Rest = {},
): RoleDefinition {
  const roleType = 'BuiltInRole';
  return {
    name,
    roleName,
    description: roleName,
    roleType,
    actions,
    notActions,
    dataActions,
    notDataActions: [],
    assignableScopes: ['/'],
  };
}
