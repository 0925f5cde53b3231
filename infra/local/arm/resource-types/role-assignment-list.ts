import { ArmError } from '../core/arm-error.ts';
import { managementGroupsAbove } from '../core/management-groups.ts';
import { scopesFrom } from '../core/resource-id.ts';
import type { Resource } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';

const type = 'Microsoft.Authorization/roleAssignments';

/**
 * Role assignments of a scope: those at it, above it and below it; `atScope()` leaves out those below, `principalId eq`
 * and `assignedTo` keep one principal's. A filter that is not known is refused, never ignored.
 */
export function listRoleAssignments(world: World, scope: string, query: URLSearchParams): readonly Resource[] {
  const filters = (query.get('$filter') ?? '').split(/\s+and\s+/i).filter((part) => part.trim() !== '');
  const keep = filters.map((filter) => predicate(filter.trim(), scope));
  const scopes = ['/', ...managementGroupsAbove(world, scope), ...scopesFrom(scope.toLowerCase()).slice(0, -1)];
  const above = scopes.flatMap((upper) =>
    world.store.list(type, upper === '/' ? '' : upper).filter((found) => scopeOf(found) === upper),
  );
  const below = world.store.list(type, scope);
  return [...new Set([...above, ...below])].filter((assignment) => keep.every((isKept) => isKept(assignment)));
}

function predicate(filter: string, scope: string): (assignment: Resource) => boolean {
  if (/^atScope\(\)$/i.test(filter)) return (assignment) => isAtOrAbove(assignment, scope);
  const principalId = /^(?:principalId eq '([^']*)'|assignedTo\('([^']*)'\))$/i.exec(filter);
  const wanted = (principalId?.[1] ?? principalId?.[2])?.toLowerCase();
  if (wanted !== undefined) return ({ body }) => String(body.properties.principalId).toLowerCase() === wanted;
  throw new ArmError(400, { code: 'InvalidFilter', message: `The filter '${filter}' is not supported.` });
}

function isAtOrAbove(assignment: Resource, scope: string): boolean {
  const own = scopeOf(assignment);
  const wanted = scope.toLowerCase();
  return (
    own === '/' || own.startsWith('/providers/microsoft.management/') || wanted === own || wanted.startsWith(`${own}/`)
  );
}

function scopeOf(assignment: Resource): string {
  return String(assignment.body.properties.scope).toLowerCase();
}
