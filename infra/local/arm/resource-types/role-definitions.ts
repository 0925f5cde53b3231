import { ArmError } from '../core/arm-error.ts';
import type { Resource, ResourceType } from '../core/resource-type.ts';
import { type RoleDefinition, roleDefinitionName } from '../core/role-definition.ts';
import { authorizationVersions } from './versions.ts';

const roleDefinitionType = 'Microsoft.Authorization/roleDefinitions';

/** Role definitions: read only. The built-in ones that matter here, and those of `infra/azure`. */
export const roleDefinitions: ResourceType = {
  type: roleDefinitionType,
  apiVersions: authorizationVersions,
  home: 'extension',
  verbs: [],
  etag: 'none',
  shape: () => {
    throw new Error('role definitions are not stored');
  },
  find: (world, { id, name }) => {
    const role = world.roles.get(roleDefinitionName(id));
    return role === undefined || name === ''
      ? undefined
      : asResource(role, id.slice(0, id.toLowerCase().lastIndexOf('/providers/')));
  },
  list: (world, container, query) => {
    const isKept = predicate(query.get('$filter'));
    return [...new Set(world.roles.values())].filter(isKept).map((role) => asResource(role, container));
  },
  notFound: ({ name }) =>
    new ArmError(404, {
      code: 'RoleDefinitionDoesNotExist',
      message: `The specified role definition with ID '${name}' does not exist.`,
    }),
};

function predicate(filter: string | null): (role: RoleDefinition) => boolean {
  if (filter === null || filter === '' || /^atScopeAndBelow\(\)$/i.test(filter)) return () => true;
  const [, field, value] = /^(roleName|type) eq '([^']*)'$/i.exec(filter) ?? [];
  if (field?.toLowerCase() === 'rolename') return (role) => role.roleName === value;
  if (field !== undefined) return (role) => role.roleType === value;
  throw new ArmError(400, { code: 'InvalidFilter', message: `The filter '${filter}' is not supported.` });
}

function asResource(role: RoleDefinition, scope: string): Resource {
  const id = `${scope}/providers/${roleDefinitionType}/${role.name}`;
  const permissions = [
    {
      actions: role.actions,
      notActions: role.notActions,
      dataActions: role.dataActions,
      notDataActions: role.notDataActions,
    },
  ];
  const properties = {
    roleName: role.roleName,
    type: role.roleType,
    description: role.description,
    assignableScopes: role.assignableScopes,
    permissions,
  };
  return { key: id.toLowerCase(), createdAt: 0, body: { id, name: role.name, type: roleDefinitionType, properties } };
}
