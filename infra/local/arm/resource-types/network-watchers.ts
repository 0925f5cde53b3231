import { ArmError } from '../core/arm-error.ts';
import { subscriptionPath } from '../core/resource-id.ts';
import type { ResourceType, Write } from '../core/resource-type.ts';
import { locationOf } from './location.ts';
import { tagsOf } from './tags.ts';
import { networkVersions } from './versions.ts';

export const networkWatcherType = 'Microsoft.Network/networkWatchers';

/** Network watchers: one per region and subscription, under any name. Their etag is also that of their flow logs. */
export const networkWatchers: ResourceType = {
  type: networkWatcherType,
  apiVersions: networkVersions,
  home: 'resourceGroup',
  verbs: ['PUT', 'PATCH', 'DELETE'],
  etag: 'own',
  durations: { delete: (world) => world.times.smallDelete },
  shape: (write) => ({
    name: write.id.name,
    id: write.id.id,
    etag: '',
    type: networkWatcherType,
    location: locationOf(write),
    tags: tagsOf(write),
    properties: { provisioningState: 'Succeeded', runningOperationIds: [] },
  }),
  check: refuseSecondInRegion,
};

function refuseSecondInRegion({ world, id }: Write, after: { readonly location?: string | undefined }): void {
  const others = world.store.list(networkWatcherType, subscriptionPath(id.subscriptionId ?? ''));
  if (!others.some(({ key, body }) => key !== id.key && body.location === after.location)) return;
  const message = 'Cannot create more than 1 network watchers for this subscription in this region.';
  throw new ArmError(400, { code: 'NetworkWatcherCountLimitReached', message, details: [] });
}
