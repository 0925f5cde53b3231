import { ArmError } from './arm-error.ts';
import { stringOf } from './json.ts';
import { scopesFrom } from './resource-id.ts';
import type { Resource } from './resource-type.ts';
import type { World } from './world.ts';

export const lockType = 'Microsoft.Authorization/locks';

/** Refuses a write or delete of a resource under a lock, as ARM does: ReadOnly forbids both, CanNotDelete the latter. */
export function refuseLocked(world: World, id: string, verb: 'write' | 'delete'): void {
  if (id.toLowerCase().includes('/providers/microsoft.authorization/locks/')) return;
  const locks = scopesFrom(id)
    .flatMap((scope) => locksOn(world, scope))
    .filter((lock) => verb === 'delete' || levelOf(lock) === 'ReadOnly');
  if (locks.length === 0) return;
  const scopes = locks.map((lock) => lockedScope(lock)).join(',');
  const message =
    `The scope '${id}' cannot perform ${verb} operation because following scope(s) are locked: '${scopes}'. ` +
    'Please remove the lock and try again.';
  throw new ArmError(409, { code: 'ScopeLocked', message }, { 'x-ms-failure-cause': 'gateway' });
}

/** The scope that a lock sits on. */
export function lockedScope(lock: Resource): string {
  return lock.body.id.slice(0, lock.body.id.toLowerCase().lastIndexOf('/providers/microsoft.authorization/locks'));
}

// The list of a subscription or group holds the locks of everything in it, too.
function locksOn(world: World, scope: string): readonly Resource[] {
  return world.store.list(lockType, scope).filter((lock) => lockedScope(lock).toLowerCase() === scope.toLowerCase());
}

function levelOf(lock: Resource): string | undefined {
  return stringOf(lock.body.properties.level);
}
