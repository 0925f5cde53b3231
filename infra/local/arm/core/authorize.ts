import { ArmError } from './arm-error.ts';
import { type ConditionFacts, conditionHolds } from './condition.ts';
import { refuseDenied } from './deny.ts';
import type { Caller } from './exchange.ts';
import { type JsonObject, stringOf } from './json.ts';
import { managementGroupsAbove } from './management-groups.ts';
import type { Resource } from './resource-type.ts';
import { allowsAction, allowsDataAction, type RoleDefinition, roleDefinitionName } from './role-definition.ts';
import { roleNamed } from './roles.ts';
import type { World } from './world.ts';

/** A role assignment that lets a principal do something, with the role it gives. */
export type Grant = { readonly assignment: Resource; readonly role: RoleDefinition };

/** Attributes that conditions of role assignments may ask for; or that conditions do not count. */
export type Asked = Omit<ConditionFacts, 'action'> & { readonly unconditional?: boolean };

/** The grant that lets a principal take an action at a scope, or `undefined`. Assignments count after their propagation. */
export function grantFor(
  world: World,
  principalId: string,
  action: string,
  scope: string,
  asked: Asked = {},
): Grant | undefined {
  return grantsOf(world, principalId).find(
    ({ assignment, role }) =>
      covers(world, assignment, scope) &&
      allowsAction(role, action) &&
      meetsCondition(assignment, { ...asked, action }),
  );
}

/** Says whether a principal may take a data-plane action (writing a blob) at a scope. */
export function mayUseData(
  world: World,
  principalId: string,
  dataAction: string,
  scope: string,
  asked: Asked = {},
): boolean {
  return grantsOf(world, principalId).some(
    ({ assignment, role }) =>
      covers(world, assignment, scope) &&
      allowsDataAction(role, dataAction) &&
      meetsCondition(assignment, { ...asked, action: dataAction }),
  );
}

/** The grant for an action; refuses with 403 `AuthorizationFailed` in ARM's words when there is none. */
export function authorize(world: World, caller: Caller, action: string, scope: string, asked: Asked = {}): Grant {
  remember(world, caller, { action, scope });
  const grant = grantFor(world, caller.principalId, action, scope, asked);
  if (grant !== undefined) {
    refuseDenied(world, caller, action, scope);
    return grant;
  }
  const isConditional = grantsOf(world, caller.principalId).some(
    ({ assignment, role }) => covers(world, assignment, scope) && allowsAction(role, action),
  );
  const message =
    `The client '${caller.clientId}' with object id '${caller.principalId}' does not have authorization ` +
    `${isConditional ? 'or an ABAC condition not fulfilled ' : ''}to perform action '${action}' over scope '${scope}' or the ` +
    'scope is invalid. If access was recently granted, please refresh your credentials.';
  throw new ArmError(403, { code: 'AuthorizationFailed', message }, { 'x-ms-failure-cause': 'gateway' });
}

/** Refuses with 403 `LinkedAuthorizationFailed` when the caller may take `action` but lacks a right on a linked resource. */
export function authorizeLinked(
  world: World,
  caller: Caller,
  action: string,
  scope: string,
  linked: LinkedRight,
): void {
  remember(world, caller, linked);
  if (grantFor(world, caller.principalId, linked.action, linked.scope) !== undefined) return;
  const message =
    `The client '${caller.clientId}' with object id '${caller.principalId}' has permission to perform action '${action}' on ` +
    `scope '${scope}'; however, it does not have permission to perform action '${linked.action}' on the linked scope(s) ` +
    `'${linked.scope}' or the linked scope(s) are invalid.`;
  throw new ArmError(403, { code: 'LinkedAuthorizationFailed', message }, { 'x-ms-failure-cause': 'gateway' });
}

type LinkedRight = { readonly action: string; readonly scope: string };

/** What an event tells about the grant under which something was done. */
export function evidenceOf(world: World, principalId: string, grant: Grant): JsonObject {
  const shape = (id: string) => (world.switches.evidenceIds === 'plain' ? id.replaceAll('-', '') : id);
  return {
    role: grant.role.roleName,
    roleAssignmentScope: stringOf(grant.assignment.body.properties.scope),
    roleAssignmentId: shape(grant.assignment.body.name),
    roleDefinitionId: shape(grant.role.name),
    principalId: shape(principalId),
    principalType: stringOf(grant.assignment.body.properties.principalType),
  };
}

/** The index entry under which a principal's role assignments are found. */
export function principalReference(principalId: string): string {
  return `principal ${principalId}`;
}

function remember(world: World, { principalId }: Caller, { action, scope }: LinkedRight): void {
  const known = world.actionsAsked.get(principalId);
  if (known === undefined) world.actionsAsked.set(principalId, new Map([[action, scope]]));
  else if (!known.has(action)) known.set(action, scope);
}

function meetsCondition({ body }: Resource, facts: Asked & { readonly action: string }): boolean {
  const condition = stringOf(body.properties.condition);
  return condition === undefined || facts.unconditional === true || conditionHolds(condition, facts);
}

function grantsOf(world: World, principalId: string): readonly Grant[] {
  const now = world.clock.now();
  return world.store.referring(principalReference(principalId)).flatMap((assignment) => {
    const role = roleNamed(world, roleDefinitionName(stringOf(assignment.body.properties.roleDefinitionId) ?? ''));
    const effective = assignment.createdAt + world.times.rolePropagation <= now;
    return role === undefined || !effective ? [] : [{ assignment, role }];
  });
}

/** Scopes inherit downwards: from the tenant's root and management groups, through subscriptions and groups. */
function covers(world: World, assignment: Resource, scope: string): boolean {
  const granted = (stringOf(assignment.body.properties.scope) ?? '').toLowerCase();
  const wanted = scope.toLowerCase();
  if (granted === '/' || wanted === granted || wanted.startsWith(`${granted}/`)) return true;
  return managementGroupsAbove(world, wanted).includes(granted);
}
