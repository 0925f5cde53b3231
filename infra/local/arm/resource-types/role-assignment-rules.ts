import { ArmError } from '../core/arm-error.ts';
import { principalReference } from '../core/authorize.ts';
import { parseCondition } from '../core/condition-parser.ts';
import { objectOf, stringOf } from '../core/json.ts';
import type { ResourceBody, Write } from '../core/resource-type.ts';
import { roleDefinitionName } from '../core/role-definition.ts';
import { roleNamed } from '../core/roles.ts';
import type { World } from '../core/world.ts';
import { isReplicated } from './principals.ts';

const assignmentsPerSubscription = 4_000;
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Refuses a role assignment that Azure refuses; codes and texts from its documentation and public issues. */
export function checkRoleAssignment(write: Write, after: ResourceBody): void {
  const { world, id, body } = write;
  const { principalId, roleDefinitionId } = after.properties;
  if (!guid.test(id.name)) {
    throw refused(
      400,
      'InvalidRoleAssignmentId',
      `The role assignment ID '${id.name}' is not valid. The role assignment ID must be a GUID.`,
    );
  }
  const role = roleDefinitionName(String(roleDefinitionId));
  if (roleNamed(world, role) === undefined) {
    throw refused(400, 'RoleDefinitionDoesNotExist', `The specified role definition with ID '${role}' does not exist.`);
  }
  const typeGiven = stringOf(objectOf(body.properties).principalType) !== undefined;
  if (!typeGiven && !isReplicated(world, String(principalId))) throw principalNotFound(world, String(principalId));
  refuseCondition(after);
  refuseChange(write, after);
  refuseTwin(world, after);
  refuseTooMany(write);
}

function refuseCondition({ properties }: ResourceBody): void {
  const condition = stringOf(properties.condition);
  if (condition === undefined) return;
  try {
    parseCondition(condition);
  } catch (error) {
    throw refused(400, 'InvalidRoleAssignmentCondition', error instanceof Error ? error.message : String(error));
  }
}

/** Neither principal nor role nor scope of an assignment can change; its name is unique in the tenant. */
function refuseChange({ world, id, before }: Write, after: ResourceBody): void {
  const known = world.store.referring(`role assignment ${id.name}`)[0]?.body;
  if (known === undefined) return;
  const same = (name: string) =>
    String(known.properties[name]).toLowerCase() === String(after.properties[name]).toLowerCase();
  if (!same('principalId') || !same('scope') || !same('roleDefinitionId')) {
    const message = 'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.';
    throw refused(400, 'RoleAssignmentUpdateNotPermitted', message);
  }
  if (before !== undefined && world.switches.repeatedRoleAssignment === 'exists') throw exists(id.name);
}

function refuseTwin(world: World, after: ResourceBody): void {
  const { principalId, scope, roleDefinitionId } = after.properties;
  const twin = world.store
    .referring(principalReference(String(principalId)))
    .find(
      ({ body }) =>
        body.name.toLowerCase() !== after.name.toLowerCase() &&
        String(body.properties.scope).toLowerCase() === String(scope).toLowerCase() &&
        roleDefinitionName(String(body.properties.roleDefinitionId)) === roleDefinitionName(String(roleDefinitionId)),
    );
  if (twin !== undefined) throw exists(twin.body.name);
}

function refuseTooMany({ world, id, before }: Write): void {
  if (before !== undefined || id.subscriptionId === undefined) return;
  const assigned = world.store.list(
    'Microsoft.Authorization/roleAssignments',
    `/subscriptions/${id.subscriptionId}`,
  ).length;
  if (assigned < assignmentsPerSubscription) return;
  throw refused(
    400,
    'RoleAssignmentLimitExceeded',
    'No more role assignments can be created (code: RoleAssignmentLimitExceeded)',
  );
}

function exists(name: string): ArmError {
  const known = name.replaceAll('-', '').toLowerCase();
  return refused(
    409,
    'RoleAssignmentExists',
    `The role assignment already exists. The ID of the existing role assignment is ${known}.`,
  );
}

function principalNotFound(world: World, principalId: string): ArmError {
  const message =
    `Principal ${principalId.replaceAll('-', '')} does not exist in the directory ${world.tenantId}. Check that you have the correct ` +
    'principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a ' +
    'replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or ' +
    'Group.  See https://aka.ms/docs-principaltype';
  return refused(400, 'PrincipalNotFound', message);
}

function refused(status: number, code: string, message: string): ArmError {
  return new ArmError(status, { code, message });
}
