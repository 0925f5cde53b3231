import type { ResourceBody } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { networkOfTarget, targetReference } from '../resource-types/flow-log-target.ts';
import { interfaceReference, subnetsOfInterface } from '../resource-types/network-interfaces.ts';

/** The network interfaces whose traffic a flow log records. */
export function interfacesCoveredBy(world: World, flowLog: ResourceBody): readonly ResourceBody[] {
  const target = String(flowLog.properties.targetResourceId);
  const own = world.store.get(target);
  const beneath = world.store.referring(interfaceReference(networkOfTarget(target)));
  return [...new Set([...(own === undefined ? [] : [own]), ...beneath])]
    .map(({ body }) => body)
    .filter((body) => logOf(world, body)?.id === flowLog.id);
}

/** The flow log of an interface: its own wins over its subnet's, and that over its network's. Disabled ones don't count. */
export function logOf(world: World, networkInterface: ResourceBody): ResourceBody | undefined {
  const subnets = subnetsOfInterface(networkInterface);
  const targets = [networkInterface.id, ...subnets, ...subnets.map(networkOfTarget)];
  return targets
    .flatMap((target) => world.store.referring(targetReference(target)))
    .map(({ body }) => body)
    .find(({ properties }) => properties.enabled === true);
}
