import { z } from 'zod';
import { ArmError } from '../core/arm-error.ts';
import { arrayOf, stringOf } from '../core/json.ts';
import type { Resource, ResourceBody, ResourceType, Write } from '../core/resource-type.ts';
import { type RoleDefinition, roleDefinitionName } from '../core/role-definition.ts';
import { allRoles, roleNamed, roleReference } from '../core/roles.ts';
import type { World } from '../core/world.ts';
import { readBody } from './request-body.ts';
import { authorizationVersions } from './versions.ts';

const roleDefinitionType = 'Microsoft.Authorization/roleDefinitions';

/** Role definitions: the built-in ones that matter here, those of `infra/azure`, and custom ones as they are written. */
export const roleDefinitions: ResourceType = {
  type: roleDefinitionType,
  apiVersions: authorizationVersions,
  home: 'extension',
  verbs: ['PUT', 'DELETE'],
  etag: 'none',
  putStatus: 201,
  showsDeleted: true,
  shape,
  check,
  checkDelete,
  references: ({ name }) => [roleReference(name)],
  // "…/roleDefinitions/write on all the assignable scopes", says the documentation of custom roles.
  linkedRights: (_world, { properties }) =>
    scopesOf(properties).map((scope) => ({ action: `${roleDefinitionType}/write`, scope })),
  find: (world, { id, name }) => {
    const role = name === '' ? undefined : roleNamed(world, roleDefinitionName(id));
    return role && asResource(role, id.slice(0, id.toLowerCase().lastIndexOf('/providers/')));
  },
  list: (world, container, query) =>
    allRoles(world)
      .filter(predicate(query.get('$filter')))
      .map((role) => asResource(role, container)),
  notFound: ({ name }) =>
    new ArmError(404, {
      code: 'RoleDefinitionDoesNotExist',
      message: `The specified role definition with ID '${name}' does not exist.`,
    }),
};

const actions = z.array(z.string()).default([]);
const request = z.object({
  properties: z.object({
    roleName: z.string().min(1),
    description: z.string().default(''),
    type: z.string().default('CustomRole'),
    assignableScopes: z.array(z.string().startsWith('/')).min(1),
    permissions: z
      .array(z.object({ actions, notActions: actions, dataActions: actions, notDataActions: actions }))
      .length(1),
  }),
});

function shape({ id, body }: Write): ResourceBody {
  const { properties } = readBody(request, body);
  return { id: id.id, name: id.name.toLowerCase(), type: roleDefinitionType, properties };
}

const action = /^(\*|[\w.*]+(\/[\w.*]+)+)$/;

/** Codes and texts from "Troubleshoot Azure RBAC" and "Azure custom roles". */
function check({ world }: Write, { name, properties }: ResourceBody): void {
  const twin = allRoles(world).find((role) => role.roleName === properties.roleName && role.name !== name);
  if (twin !== undefined) {
    const message = 'A custom role with the same name already exists in this directory. Use a different name.';
    throw new ArmError(409, { code: 'RoleDefinitionWithSameNameExists', message });
  }
  const wrong = permitted(properties).find((one) => !action.test(one));
  if (wrong === undefined) return;
  const message = `'${wrong}' does not match any of the actions supported by the providers.`;
  throw new ArmError(400, { code: 'InvalidActionOrNotAction', message });
}

function checkDelete(world: World, { name }: ResourceBody): void {
  const isAssigned = world.store
    .list('Microsoft.Authorization/roleAssignments')
    .some(({ body }) => roleDefinitionName(stringOf(body.properties.roleDefinitionId) ?? '') === name);
  if (!isAssigned) return;
  throw new ArmError(400, {
    code: 'RoleDefinitionHasAssignments',
    message: 'There are existing role assignments referencing role (code: RoleDefinitionHasAssignments)',
  });
}

function permitted(properties: ResourceBody['properties']): readonly string[] {
  const { permissions } = readBody(request, { properties }).properties;
  return permissions.flatMap((one) => [...one.actions, ...one.notActions, ...one.dataActions, ...one.notDataActions]);
}

function scopesOf({ assignableScopes }: ResourceBody['properties']): readonly string[] {
  return arrayOf(assignableScopes).flatMap((scope) => stringOf(scope) ?? []);
}

function predicate(filter: string | null): (role: RoleDefinition) => boolean {
  if (filter === null || filter === '' || /^atScopeAndBelow\(\)$/i.test(filter)) return () => true;
  const [, field, value] = /^(roleName|type) eq '([^']*)'$/i.exec(filter) ?? [];
  if (field?.toLowerCase() === 'rolename') return (role) => role.roleName === value;
  if (field !== undefined) return (role) => role.roleType === value;
  throw new ArmError(400, { code: 'InvalidFilter', message: `The filter '${filter}' is not supported.` });
}

function asResource(role: RoleDefinition, scope: string): Resource {
  const id = `${scope}/providers/${roleDefinitionType}/${role.name}`;
  const { actions, notActions, dataActions, notDataActions, roleName, description, assignableScopes } = role;
  const permissions = [{ actions, notActions, dataActions, notDataActions }];
  const properties = { roleName, type: role.roleType, description, assignableScopes, permissions };
  return { key: id.toLowerCase(), createdAt: 0, body: { id, name: role.name, type: roleDefinitionType, properties } };
}
