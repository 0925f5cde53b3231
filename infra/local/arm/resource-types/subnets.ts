import { arrayOf, isObject, objectOf, stringOf } from '../core/json.ts';
import { parentOf } from '../core/resource-id.ts';
import type { Resource, ResourceType } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { networkVersions } from './versions.ts';
import { subnetsOf } from './virtual-networks.ts';

const type = 'Microsoft.Network/virtualNetworks/subnets';

/** Subnets as resources of their own, to read; they are written with their network. */
export const subnets: ResourceType = {
  type,
  apiVersions: networkVersions,
  home: 'resourceGroup',
  verbs: [],
  etag: 'own',
  shape: () => {
    throw new Error('subnets are stored in their network');
  },
  find: (world, id) => inNetwork(world, parentOf(id) ?? '').find(({ key }) => key === id.key),
  list: (world, container) => inNetwork(world, container),
};

function inNetwork(world: World, networkId: string): readonly Resource[] {
  const network = world.store.get(networkId);
  if (network === undefined) return [];
  return arrayOf(subnetsOf(network.body))
    .filter(isObject)
    .map((subnet) => {
      const id = stringOf(subnet.id) ?? '';
      const body = { ...subnet, id, name: stringOf(subnet.name) ?? '', type, properties: objectOf(subnet.properties) };
      return { key: id.toLowerCase(), createdAt: network.createdAt, body };
    });
}
