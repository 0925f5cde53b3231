import { newEtag } from '../core/changes.ts';
import { arrayOf, isObject, type Json, objectOf, stringOf } from '../core/json.ts';
import { parentOf, parseResourceId } from '../core/resource-id.ts';
import type { Resource, ResourceBody, ResourceType, Write } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { networkVersions } from './versions.ts';
import { refuseSubnetInUse } from './virtual-network-rules.ts';
import { storedSubnet, subnetsOf } from './virtual-networks.ts';

const type = 'Microsoft.Network/virtualNetworks/subnets';

/** Subnets as resources of their own. They are a part of their network, which is busy and `Updating` while one is written. */
export const subnets: ResourceType = {
  type,
  apiVersions: networkVersions,
  home: 'resourceGroup',
  verbs: ['PUT', 'DELETE'],
  etag: 'own',
  durations: { put: ({ times }) => times.networkUpdate, delete: ({ times }) => times.networkUpdate },
  shape,
  checkDelete: refuseSubnetInUse,
  holds: ({ id }) => [networkOf(id)],
  find: (world, id) => inNetwork(world, parentOf(id) ?? '').find(({ key }) => key === id.key),
  list: (world, container) => inNetwork(world, container),
  part: {
    put: (world, body) =>
      replace(world, body, [{ name: body.name, id: body.id, type, properties: withoutState(body) }]),
    remove: (world, body) => replace(world, body, []),
  },
};

function shape({ id, body }: Write): ResourceBody {
  const { properties } = storedSubnet(networkOf(id.id), { name: id.name, properties: objectOf(body.properties) });
  return { id: id.id, name: id.name, type, properties: { ...objectOf(properties), provisioningState: 'Succeeded' } };
}

/** Puts other subnets in the place of the one with this name; the network takes over the subnet's state. */
function replace(world: World, { id, name, properties }: ResourceBody, others: readonly Json[]): void {
  const network = world.store.get(networkOf(id));
  if (network === undefined) return;
  const kept = arrayOf(network.body.properties.subnets);
  const at = kept.findIndex((subnet) => stringOf(objectOf(subnet).name)?.toLowerCase() === name.toLowerCase());
  const subnets = at < 0 ? [...kept, ...others] : kept.toSpliced(at, 1, ...others);
  const provisioningState = others.length === 0 ? 'Succeeded' : properties.provisioningState;
  const body = {
    ...network.body,
    etag: newEtag(world),
    properties: { ...network.body.properties, subnets, provisioningState },
  };
  world.store.put({ ...network, body });
}

function withoutState({ properties }: ResourceBody) {
  const { provisioningState: _ofTheNetwork, ...own } = properties;
  return own;
}

function networkOf(subnetId: string): string {
  const id = parseResourceId(subnetId);
  return id === undefined ? '' : (parentOf(id) ?? '');
}

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
