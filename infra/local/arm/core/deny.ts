import { ArmError } from './arm-error.ts';
import type { Caller } from './exchange.ts';
import { arrayOf, type JsonObject, objectOf, stringOf } from './json.ts';
import { scopesFrom } from './resource-id.ts';
import type { Resource } from './resource-type.ts';
import { matchesAny } from './role-definition.ts';
import type { World } from './world.ts';

export const denyAssignmentType = 'Microsoft.Authorization/denyAssignments';
const everyone = '00000000-0000-0000-0000-000000000000';

/** Refuses with 403 `DenyAssignmentAuthorizationFailed` what a deny assignment at or above the scope forbids. */
export function refuseDenied(world: World, caller: Caller, action: string, scope: string): void {
  if (world.store.list(denyAssignmentType).length === 0) return;
  const denying = scopesFrom(scope)
    .flatMap((upper) => world.store.list(denyAssignmentType, upper).filter((found) => appliesAt(found, upper, scope)))
    .find((found) => concerns(found.body.properties, caller.principalId) && forbids(found.body.properties, action));
  if (denying === undefined) return;
  const message =
    `The client '${caller.clientId}' with object id '${caller.principalId}' has permission to perform action '${action}' on scope ` +
    `'${scope}'; however, the access is denied because of the deny assignment with name ` +
    `'${stringOf(denying.body.properties.denyAssignmentName)}' and Id '${denying.body.name}' at scope '${scopeOf(denying)}'.`;
  throw new ArmError(403, { code: 'DenyAssignmentAuthorizationFailed', message }, { 'x-ms-failure-cause': 'gateway' });
}

function appliesAt(found: Resource, upper: string, scope: string): boolean {
  const isOwn = scopeOf(found).toLowerCase() === upper.toLowerCase();
  return (
    isOwn && (found.body.properties.doNotApplyToChildScopes !== true || upper.toLowerCase() === scope.toLowerCase())
  );
}

function concerns({ principals, excludePrincipals }: JsonObject, principalId: string): boolean {
  const ids = (list: JsonObject[string]) =>
    arrayOf(list).map((principal) => stringOf(objectOf(principal).id)?.toLowerCase());
  const included = ids(principals);
  return (
    (included.includes(principalId.toLowerCase()) || included.includes(everyone)) &&
    !ids(excludePrincipals).includes(principalId.toLowerCase())
  );
}

function forbids({ permissions }: JsonObject, action: string): boolean {
  const texts = (list: JsonObject[string]) => arrayOf(list).map(String);
  return arrayOf(permissions)
    .map((permission) => objectOf(permission))
    .some(({ actions, notActions }) => matchesAny(texts(actions), action) && !matchesAny(texts(notActions), action));
}

function scopeOf(found: Resource): string {
  return found.body.id.slice(0, found.body.id.toLowerCase().lastIndexOf('/providers/microsoft.authorization/'));
}
