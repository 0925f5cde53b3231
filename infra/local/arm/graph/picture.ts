import { subscriptionPath } from '../core/resource-id.ts';
import type { Resource } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';

/** What Resource Graph knows of the resources of a type in a subscription. */
export type Picture = { list(world: World, type: string, subscriptionId: string): readonly Resource[] };

/**
 * Resource Graph's picture of the estate: always of now, or taken every so many seconds (`graphStalenessSeconds`), so
 * that a change shows up to that much later, as in Azure. Each list of it is taken when it is first asked for.
 */
export function createPicture(): Picture {
  let taken = new Map<string, readonly Resource[]>();
  let takenAt = Number.NEGATIVE_INFINITY;

  return {
    list(world, type, subscriptionId) {
      const now = world.clock.now();
      const age = world.switches.graphStalenessSeconds * 1000;
      if (takenAt + age <= now) {
        taken = new Map();
        takenAt = now;
      }
      const key = `${type} ${subscriptionId}`;
      const known = age === 0 ? undefined : taken.get(key);
      const found = known ?? world.store.list(type, subscriptionPath(subscriptionId));
      taken.set(key, found);
      return found;
    },
  };
}
