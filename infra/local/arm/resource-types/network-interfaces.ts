import { createHash } from 'node:crypto';
import { ArmError } from '../core/arm-error.ts';
import { arrayOf, objectOf, stringOf } from '../core/json.ts';
import type { ResourceBody, ResourceType } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { networkOfTarget } from './flow-log-target.ts';
import { plainResource } from './plain-resource.ts';
import { networkVersions } from './versions.ts';
import { machineOf } from './virtual-machines.ts';

const type = 'Microsoft.Network/networkInterfaces';

/**
 * Network interfaces: what a machine has in a network, and targets of flow logs that win over the one of their network.
 * One that is attached shows its machine and its MAC address, whether or not the machine runs.
 */
export const networkInterfaces: ResourceType = {
  type,
  apiVersions: networkVersions,
  home: 'resourceGroup',
  verbs: ['PUT', 'PATCH', 'DELETE'],
  etag: 'own',
  durations: { put: ({ times }) => times.networkUpdate, delete: ({ times }) => times.smallDelete },
  shape: (write) => {
    const body = plainResource(write, type);
    const { virtualMachine: _derived, macAddress: _made, ...properties } = body.properties;
    const { resourceGuid } = objectOf(write.before?.properties);
    return { ...body, properties: { ...properties, resourceGuid: resourceGuid ?? write.world.newGuid() } };
  },
  checkDelete: refuseAttached,
  show: withMachine,
  references: (body) => subnetsOfInterface(body).map((subnet) => interfaceReference(networkOfTarget(subnet))),
  inGraph: (world, body) => withMachine(world, body).properties,
};

/** The index entry under which the interfaces in a network are found. */
export function interfaceReference(networkId: string): string {
  return `interface in ${networkId}`;
}

/** The subnets that an interface has addresses in. */
export function subnetsOfInterface({ properties }: ResourceBody): readonly string[] {
  return arrayOf(properties.ipConfigurations).flatMap((configuration) => {
    const { subnet } = objectOf(objectOf(configuration).properties);
    return stringOf(objectOf(subnet).id) ?? [];
  });
}

/** An interface's MAC address, without separators: as the blobs of flow logs name it. The same for the same id. */
export function macAddressOf({ id }: { readonly id: string }): string {
  // 00-0D-3A is one of Microsoft's own prefixes.
  return `000D3A${createHash('sha256').update(id.toLowerCase()).digest('hex').slice(0, 6).toUpperCase()}`;
}

function refuseAttached(world: World, { id }: ResourceBody): void {
  const machine = machineOf(world, id);
  if (machine === undefined) return;
  const message =
    `Network Interface ${id} is used by existing resource ${machine.body.id}. In order to delete the network interface, it must be ` +
    'dissociated from the resource. To learn more, see aka.ms/deletenic.';
  throw new ArmError(400, { code: 'NicInUse', message, details: [] });
}

function withMachine(world: World, body: ResourceBody): ResourceBody {
  const machine = machineOf(world, body.id);
  if (machine === undefined) return body;
  const macAddress = (macAddressOf(body).match(/../g) ?? []).join('-');
  return { ...body, properties: { ...body.properties, macAddress, virtualMachine: { id: machine.body.id } } };
}
