import { ArmError } from '../core/arm-error.ts';
import { stringOf } from '../core/json.ts';
import { lockedScope, lockType } from '../core/locks.ts';
import { resourceGroupType } from '../core/resource-id.ts';
import type { ResourceBody, ResourceType, Write } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { locationOf } from './location.ts';
import { tagsOf } from './tags.ts';
import { resourcesVersions } from './versions.ts';

/** Resource groups: deleting one takes everything in it along, polled by a bare `Location` (recorded). */
export const resourceGroups: ResourceType = {
  type: resourceGroupType,
  actions: 'Microsoft.Resources/subscriptions/resourceGroups',
  apiVersions: resourcesVersions,
  home: 'subscription',
  verbs: ['PUT', 'PATCH', 'DELETE'],
  etag: 'none',
  polling: 'location',
  durations: { delete: (world) => world.times.groupDelete },
  shape: (write) => {
    refuseOtherLocation(write);
    return {
      id: write.id.id,
      name: write.id.name,
      type: resourceGroupType,
      location: locationOf(write),
      tags: tagsOf(write),
      properties: { provisioningState: 'Succeeded' },
    };
  },
  checkDelete: refuseLockInside,
  takesAlong: (world, { id }) => [...world.store.all()].flatMap(({ body }) => (isInside(body.id, id) ? [body.id] : [])),
};

function refuseOtherLocation({ body, before }: Write): void {
  const wanted = stringOf(body.location)?.replaceAll(' ', '').toLowerCase();
  if (before?.location === undefined || wanted === undefined || before.location === wanted) return;
  const message = `Invalid resource group location '${wanted}'. The Resource group already exists in location '${before.location}'.`;
  throw new ArmError(409, { code: 'InvalidResourceGroupLocation', message });
}

function refuseLockInside(world: World, { id }: ResourceBody): void {
  const lock = world.store.list(lockType, id)[0];
  if (lock === undefined) return;
  const message =
    `The scope '${id}' cannot perform delete operation because following scope(s) are locked: '${lockedScope(lock)}'. ` +
    'Please remove the lock and try again.';
  throw new ArmError(409, { code: 'ScopeLocked', message });
}

function isInside(id: string, group: string): boolean {
  return id.toLowerCase().startsWith(`${group.toLowerCase()}/`);
}
