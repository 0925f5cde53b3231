import { z } from 'zod';
import { ArmError } from '../core/arm-error.ts';
import { lockedScope, lockType } from '../core/locks.ts';
import { scopesFrom } from '../core/resource-id.ts';
import type { Resource, ResourceType } from '../core/resource-type.ts';
import { readBody } from './request-body.ts';

const request = z.object({
  properties: z.object({ level: z.enum(['CanNotDelete', 'ReadOnly']), notes: z.string().optional() }),
});

/**
 * Management locks, on any scope. What they forbid is in the core. A scope lists those at it, above it and below it, with
 * `atScope()` not those below (as Get-AzResourceLock tells of its `-AtScope`).
 */
export const locks: ResourceType = {
  type: lockType,
  apiVersions: ['2016-09-01', '2020-05-01'],
  home: 'extension',
  verbs: ['PUT', 'DELETE'],
  etag: 'none',
  shape: ({ id, body }) => ({
    id: id.id,
    name: id.name,
    type: lockType,
    properties: { ...readBody(request, body).properties },
  }),
  list: (world, scope, query) => {
    const filter = query.get('$filter');
    if (filter !== null && filter.toLowerCase() !== 'atscope()')
      throw new ArmError(400, { code: 'InvalidFilter', message: `The filter '${filter}' is not supported.` });
    const above = scopesFrom(scope.toLowerCase()).flatMap((upper) =>
      world.store.list(lockType, upper).filter((lock) => lockedScope(lock).toLowerCase() === upper),
    );
    // What is filed under a resource is only what it holds directly, so its group is asked.
    const group = scope.split('/').slice(0, 5).join('/');
    const isBelow = (lock: Resource) => lockedScope(lock).toLowerCase().startsWith(`${scope.toLowerCase()}/`);
    const below = filter === null ? world.store.list(lockType, group).filter(isBelow) : [];
    return [...new Set([...above, ...below])];
  },
};
