import { z } from 'zod';
import { ArmError } from '../core/arm-error.ts';
import { principalReference } from '../core/authorize.ts';
import { isoTime } from '../core/clock.ts';
import { stringOf } from '../core/json.ts';
import type { ResourceBody, ResourceType, Write } from '../core/resource-type.ts';
import { roleDefinitionName } from '../core/role-definition.ts';
import { roleNamed } from '../core/roles.ts';
import type { World } from '../core/world.ts';
import { principalOf } from './principals.ts';
import { readBody } from './request-body.ts';
import { listRoleAssignments } from './role-assignment-list.ts';
import { checkRoleAssignment } from './role-assignment-rules.ts';
import { authorizationVersions } from './versions.ts';

const roleAssignmentType = 'Microsoft.Authorization/roleAssignments';

/** Role assignments, on any scope. They outlive their principal, and show its type as `Unknown` then. */
export const roleAssignments: ResourceType = {
  type: roleAssignmentType,
  apiVersions: authorizationVersions,
  home: 'extension',
  verbs: ['PUT', 'DELETE'],
  etag: 'none',
  showsDeleted: true,
  shape,
  check: checkRoleAssignment,
  list: listRoleAssignments,
  attributes: ({ roleDefinitionId, principalId, principalType }) => ({
    [`${roleAssignmentType}:RoleDefinitionId`]: roleDefinitionName(stringOf(roleDefinitionId) ?? ''),
    [`${roleAssignmentType}:PrincipalId`]: stringOf(principalId),
    [`${roleAssignmentType}:PrincipalType`]: stringOf(principalType),
  }),
  references: ({ properties, name }) => [principalReference(String(properties.principalId)), `role assignment ${name}`],
  show: (world, body) => ({
    ...body,
    properties: {
      ...body.properties,
      principalType: principalOf(world, String(body.properties.principalId)) ?? unknownUnlessGiven(body),
    },
  }),
  notFound: ({ name }) =>
    new ArmError(404, { code: 'RoleAssignmentNotFound', message: `The role assignment '${name}' is not found.` }),
};

const request = z.object({
  properties: z.object({
    roleDefinitionId: z.string(),
    principalId: z.guid(),
    principalType: z.enum(['User', 'Group', 'ServicePrincipal', 'ForeignGroup', 'Device']).optional(),
    description: z.string().nullish(),
    condition: z.string().nullish(),
    conditionVersion: z.string().nullish(),
    delegatedManagedIdentityResourceId: z.string().nullish(),
  }),
});

function shape({ id, body, before, world, principalId }: Write): ResourceBody {
  const { properties: sent } = readBody(request, body);
  const now = isoTime(world.clock.now());
  return {
    properties: {
      roleDefinitionId: roleDefinitionId(world, id.subscriptionId, sent.roleDefinitionId),
      principalId: sent.principalId,
      principalType: sent.principalType ?? principalOf(world, sent.principalId) ?? 'Unknown',
      scope: id.scope === '' ? '/' : id.scope,
      condition: sent.condition ?? null,
      conditionVersion: sent.conditionVersion ?? null,
      createdOn: before?.properties.createdOn ?? now,
      updatedOn: now,
      createdBy: before?.properties.createdBy ?? principalId,
      updatedBy: principalId,
      delegatedManagedIdentityResourceId: sent.delegatedManagedIdentityResourceId ?? null,
      description: sent.description ?? null,
    },
    id: id.id,
    type: roleAssignmentType,
    name: id.name,
  };
}

/** A role's id comes back under the subscription of the assignment, whatever it was sent under. */
function roleDefinitionId(world: World, subscriptionId: string | undefined, sent: string): string {
  const name = roleDefinitionName(sent);
  const path = `/providers/Microsoft.Authorization/roleDefinitions/${roleNamed(world, name)?.name ?? name}`;
  return subscriptionId === undefined ? path : `/subscriptions/${subscriptionId}${path}`;
}

function unknownUnlessGiven({ properties }: ResourceBody) {
  return properties.principalType === 'ServicePrincipal' ? 'Unknown' : properties.principalType;
}
